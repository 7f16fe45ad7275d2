package dev.inmesh.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * All calls of a run and what became of them.
 *
 * @param applied how often each fault was really done
 * @param executions how often each POST was executed
 */
record Ledger(
    List<Completion> calls,
    Script script,
    Map<Fault, Long> applied,
    Map<Long, Integer> executions,
    Ticker ticker,
    Load.Busy busy,
    double seconds) {

  long faults() {
    return applied.values().stream().mapToLong(Long::longValue).sum();
  }

  /** How long after its deadline it returned; negative when before. */
  static long overshoot(Completion call) {
    return call.endNanos() - call.deadlineNanos();
  }

  /** The same without the time for which this process stood still since the deadline. */
  long withoutPauses(Completion call) {
    long overshoot = overshoot(call);
    return overshoot <= 0
        ? overshoot
        : overshoot - ticker.paused(call.deadlineNanos(), call.endNanos());
  }

  /** The same for one that was given up, since then; negative for all others. */
  long sinceGivenUp(Completion call) {
    return call.wasGivenUp()
        ? call.endNanos()
            - call.givenUpNanos()
            - ticker.paused(call.givenUpNanos(), call.endNanos())
        : -1;
  }

  List<Completion> notCompletedOnce() {
    return calls.stream().filter(c -> c.times() != 1).toList();
  }

  /**
   * Those that returned later than that, after their deadlines or after they were given up, pauses
   * apart; none when nobody could have been in time.
   */
  List<String> laterThan(long nanos) {
    if (busy.isTakenByOthers()) {
      return List.of();
    }
    return calls.stream()
        .filter(c -> withoutPauses(c) > nanos || sinceGivenUp(c) > nanos)
        .map(
            c ->
                "%s meets %s: %s, %.1f ms late, %.1f ms without pauses, %.1f ms after it was given up"
                    .formatted(
                        c.call(),
                        fault(c),
                        c.outcome(),
                        overshoot(c) / 1e6,
                        withoutPauses(c) / 1e6,
                        sinceGivenUp(c) / 1e6))
        .toList();
  }

  List<Long> doubledPosts() {
    return executions.entrySet().stream()
        .filter(e -> e.getValue() > 1)
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Answers that were another call's, but for those that a fault has cut short. */
  List<String> strangers() {
    return calls.stream()
        .filter(c -> c.lie() != null)
        .map(c -> c.call() + " was told: " + c.lie())
        .toList();
  }

  /** What the first attempt of a call meets. */
  Fault fault(Completion call) {
    Fault own = call.call().target().fault();
    return own == Fault.NONE ? script.first(call.call().id(), call.call().isByJdk()) : own;
  }

  String report() {
    StringBuilder report = new StringBuilder();
    report.append("%d faults in %d calls, %.0f s%n".formatted(faults(), calls.size(), seconds));
    report.append("load: ").append(busy).append('\n');
    report.append("pauses of this process: ").append(ticker).append('\n');
    report.append("overshoot of the calls that ran to their deadlines:\n");
    report.append("  as measured     ").append(raw(calls)).append('\n');
    report.append("  without pauses  ").append(net(calls)).append('\n');
    report.append("given up by their callers, and back after: ");
    report.append(
        Overshoot.of(calls.stream().filter(Completion::wasGivenUp).mapToLong(this::sinceGivenUp)));
    report.append('\n');
    append(report, "by client", c -> c.call().how().toString());
    append(report, "by upstream", c -> c.call().target().name());
    report.append(
        "%nfaults: times done, calls whose first attempt meets it (or would), outcomes%n"
            .formatted());
    Map<Fault, List<Completion>> byFault =
        calls.stream()
            .collect(Collectors.groupingBy(this::fault, TreeMap::new, Collectors.toList()));
    byFault.forEach(
        (fault, met) ->
            report.append(
                "  %-22s %7d %7d  %s%n"
                    .formatted(fault, applied.getOrDefault(fault, 0L), met.size(), outcomes(met))));
    return report.toString();
  }

  private void append(StringBuilder report, String title, Function<Completion, String> key) {
    report.append(title).append(", without pauses:\n");
    calls.stream()
        .collect(Collectors.groupingBy(key, TreeMap::new, Collectors.toList()))
        .forEach(
            (name, of) ->
                report.append("  %-22s %7d calls, %s%n".formatted(name, of.size(), net(of))));
  }

  private static Overshoot raw(List<Completion> calls) {
    return Overshoot.of(calls.stream().mapToLong(Ledger::overshoot).filter(n -> n >= 0));
  }

  /** Of those that ran to their deadlines. */
  Overshoot net(List<Completion> calls) {
    List<Completion> late = new ArrayList<>(calls);
    late.removeIf(c -> overshoot(c) < 0);
    return Overshoot.of(late.stream().mapToLong(this::withoutPauses));
  }

  static String outcomes(List<Completion> calls) {
    return calls.stream()
        .collect(Collectors.groupingBy(Completion::outcome, TreeMap::new, Collectors.counting()))
        .entrySet()
        .stream()
        .sorted(Map.Entry.<String, Long>comparingByValue().reversed())
        .map(e -> String.format(Locale.ROOT, "%s %d", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", "));
  }
}
