package dev.inmesh.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * The matrix as text: one block for each scenario, one line for each policy, medians over the
 * seeds; and the runs of seed 1 in figures that are compared exactly.
 */
final class Report {

  private static final String HEADER =
      """
      Simulation report. Written by FullMatrix (see docs/simulation.md); do not edit.

      Medians over the seeds. Latencies in ms, to 0.05 %, over all calls after the warm-up, failed ones included.
        good/s     good answers per second
        ok %       share of calls with a good answer
        refused %  share of calls without any attempt: breaker, limit, no server
        att/call   attempts per call
        eject      ejections; wrong: of servers that nothing is wrong with
        opens      how often a breaker opened
        bad %      share of the attempts that reached the bad servers
        p99/best   p99 divided by the oracle's p99 of the same seed; p99.9/best likewise
      """;

  private final StringBuilder text = new StringBuilder();

  private Report() {}

  /** Everything. */
  static String of(Matrix matrix, int seeds) {
    Report report = new Report();
    report.text.append(HEADER).append("Seeds: ").append(seeds).append('\n');
    matrix.figures().forEach(report::block);
    report.text.append("\nSeed 1, exactly\n\n").append(seedOne(matrix));
    return report.text.toString();
  }

  /** The blocks alone. */
  static String blocks(Matrix matrix) {
    Report report = new Report();
    matrix.figures().forEach(report::block);
    return report.text.toString();
  }

  /** The part that the normal build compares. */
  static String seedOne(Matrix matrix) {
    StringBuilder lines = new StringBuilder();
    matrix
        .figures()
        .forEach(
            (scenario, byPolicy) ->
                byPolicy.forEach(
                    (policy, runs) -> lines.append(seedOne(scenario, policy, runs.get(0)))));
    return lines.toString();
  }

  private static String seedOne(Scenario scenario, Policy policy, Figures run) {
    return String.format(
        Locale.ROOT,
        "%-26s %-12s calls %7d  good %7d  attempts %7d  ejections %4d  p99 %10.3f  trace %016x%n",
        scenario.name(),
        policy.word(),
        run.calls(),
        run.good(),
        run.attempts(),
        run.ejections(),
        run.quantileMillis(0.99),
        run.trace());
  }

  private void block(Scenario scenario, Map<Policy, List<Figures>> byPolicy) {
    text.append('\n').append(scenario.name()).append(": ").append(scenario.about()).append('\n');
    if (!scenario.keys().isEmpty()) {
      List<String> keys = new ArrayList<>();
      scenario.keys().forEach((key, value) -> keys.add(key + "=" + value));
      text.append("  ").append(String.join(" ", keys)).append('\n');
    }
    text.append(
        String.format(
            Locale.ROOT,
            "  %-12s %8s %9s %9s %9s %8s %9s %8s %6s %6s %6s %7s %8s %10s",
            "",
            "good/s",
            "p50",
            "p99",
            "p99.9",
            "ok %",
            "refused %",
            "att/call",
            "eject",
            "wrong",
            "opens",
            "bad %",
            "p99/best",
            "p99.9/best"));
    scenario.extras().forEach(extra -> text.append("  ").append(extra.name()));
    text.append('\n');
    List<Figures> oracle = byPolicy.getOrDefault(Policy.ORACLE, List.of());
    byPolicy.forEach((policy, runs) -> line(scenario, policy, runs, oracle));
  }

  private void line(Scenario scenario, Policy policy, List<Figures> runs, List<Figures> oracle) {
    text.append(
        String.format(
            Locale.ROOT,
            "  %-12s %8.1f %9.3f %9.3f %9.3f %8.3f %9.3f %8.3f %6.0f %6.0f %6.0f %7.3f %8.3f %10.3f",
            policy.word(),
            median(runs, Figures::goodPerSecond),
            median(runs, run -> run.quantileMillis(0.5)),
            median(runs, run -> run.quantileMillis(0.99)),
            median(runs, run -> run.quantileMillis(0.999)),
            median(runs, Figures::successPercent),
            median(runs, Figures::refusedPercent),
            median(runs, Figures::attemptsPerCall),
            median(runs, Figures::ejections),
            median(runs, Figures::wrongEjections),
            median(runs, Figures::breakerOpenings),
            median(runs, Figures::badPercent),
            ratio(runs, oracle, 0.99),
            ratio(runs, oracle, 0.999)));
    for (Scenario.Extra extra : scenario.extras()) {
      String value = figure(median(runs, extra.value()));
      text.append(String.format("  %" + extra.name().length() + "s", value));
    }
    text.append('\n');
  }

  private static String figure(double value) {
    return Double.isInfinite(value) ? "never" : String.format(Locale.ROOT, "%.3f", value);
  }

  private static double ratio(List<Figures> runs, List<Figures> oracle, double quantile) {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < runs.size(); i++) {
      ratios.add(runs.get(i).quantileMillis(quantile) / oracle.get(i).quantileMillis(quantile));
    }
    return median(ratios);
  }

  private static double median(List<Figures> runs, ToDoubleFunction<Figures> figure) {
    return median(runs.stream().map(figure::applyAsDouble).toList());
  }

  private static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    double upper = sorted.get(half);
    // Two infinite ones have no mean of their own.
    return sorted.size() % 2 == 1 || sorted.get(half - 1) == upper
        ? upper
        : (sorted.get(half - 1) + upper) / 2;
  }
}
