package dev.inmesh.jdbc.simulation;

import static dev.inmesh.config.StatementClass.BATCH;
import static dev.inmesh.config.StatementClass.CRITICAL;
import static dev.inmesh.config.StatementClass.INTERACTIVE;

import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/** One step of the disk with every policy, on the same seed. */
final class Comparison {

  /** When it has settled, until the disk is well again. */
  private static final int FROM = 45;

  private static final int TO = Step.ENDS;

  private final Step step;
  private final Map<Policy, Figures> runs = new LinkedHashMap<>();

  Comparison(Step step) {
    this.step = step;
    for (Policy policy : Policy.all()) {
      runs.put(policy, step.run(policy.limits(), 1));
    }
  }

  Step step() {
    return step;
  }

  double throughput(Policy policy) {
    return of(policy).throughput(FROM, TO);
  }

  double goodput(Policy policy) {
    return of(policy).goodput(FROM, TO);
  }

  double interactiveMillis(Policy policy) {
    return of(policy).quantileMillis(INTERACTIVE, 0.99, FROM, TO);
  }

  double criticalMillis(Policy policy) {
    return of(policy).quantileMillis(CRITICAL, 0.99, FROM, TO);
  }

  /** The most that any limit that stays as it is gets done. */
  double mostOfFixed() {
    return runs.keySet().stream()
        .filter(policy -> policy.fixed() > 0)
        .mapToDouble(this::throughput)
        .max()
        .orElseThrow();
  }

  /** That with the shortest p99 of interactive statements, of those that lose no work. */
  double bestFixedMillis() {
    double enough = 0.95 * mostOfFixed();
    return runs.keySet().stream()
        .filter(policy -> policy.fixed() > 0 && throughput(policy) >= enough)
        .mapToDouble(this::interactiveMillis)
        .min()
        .orElseThrow();
  }

  private Figures of(Policy policy) {
    return Objects.requireNonNull(runs.get(policy));
  }

  /** A block of the report. */
  String block() {
    StringBuilder block = new StringBuilder();
    line(block, "== %s", step);
    line(
        block,
        "%-20s %9s %9s %8s %8s %8s %8s %8s %8s %8s %6s",
        "",
        "ended/s",
        "in time/s",
        "int p50",
        "int p99",
        "int ref",
        "crit p99",
        "bat/s",
        "bat p99",
        "bat ref",
        "Jain");
    runs.forEach(
        (policy, run) ->
            line(
                block,
                "%-20s %9.1f %9.1f %8.0f %8.0f %8.2f %8.0f %8.1f %8.0f %8.1f %6.3f",
                policy.name(),
                run.throughput(FROM, TO),
                run.goodput(FROM, TO),
                run.quantileMillis(INTERACTIVE, 0.5, FROM, TO),
                run.quantileMillis(INTERACTIVE, 0.99, FROM, TO),
                run.refused(INTERACTIVE, FROM, TO),
                run.quantileMillis(CRITICAL, 0.99, FROM, TO),
                run.throughput(BATCH, FROM, TO),
                run.quantileMillis(BATCH, 0.99, FROM, TO),
                run.refused(BATCH, FROM, TO),
                run.fairness(FROM, TO)));
    StringBuilder limits = new StringBuilder("limits, second by second from the step on:");
    for (int second = Step.BEGINS; second < Step.BEGINS + 25; second++) {
      limits.append(limit(second));
    }
    limits.append("; from its end on:");
    for (int second = Step.ENDS; second < Step.ENDS + 12; second++) {
      limits.append(limit(second));
    }
    line(block, "%s", limits);
    return block.toString();
  }

  private String limit(int second) {
    Figures run = of(Policy.OURS);
    return run.throttling(second) ? " " + (int) run.limit(second, 16) : " -";
  }

  private static void line(StringBuilder block, String format, Object... args) {
    block.append(String.format(Locale.ROOT, format, args).stripTrailing()).append('\n');
  }
}
