package dev.inmesh.samples.bench.disk;

import dev.inmesh.samples.bench.disk.Journal.End;
import dev.inmesh.samples.bench.disk.Journal.Entry;
import java.util.List;
import java.util.Locale;

/**
 * What has been with one variant. Times are seconds since its begin.
 *
 * @param slow when the disk became slow
 * @param well when it was well again
 * @param settled from when on it is measured
 * @param entries of all services
 * @param disk as its server saw it
 * @param limits as the services saw theirs
 * @param waited the share of the time, while it is measured, in which somebody waited for a
 *     processor
 */
record Result(
    Variant variant,
    double slow,
    double well,
    double settled,
    List<Entry> entries,
    List<DiskWatch.Second> disk,
    List<LimitSecond> limits,
    double waited) {

  /** A service's limit in a second, NaN for none, and what it executed. */
  record LimitSecond(int second, double limit, double inFlight) {}

  /** Whoever starts at the very end is helped by the disk that becomes well. */
  private static final double LAST = 2;

  static final String HEAD =
      "| limit | interactive p50 / p99 / max ms | batch p50 / p99 / max ms | critical p50 / p99 /"
          + " max ms | batch/s | interactive/s | refused batch, interactive, critical | disk/s | disk ms |"
          + " permits | in flight | waiting for CPU |\n|---|---|---|---|---|---|---|---|---|---|---|---|\n";

  /** When the last statement ended. */
  double end() {
    return entries.stream().mapToLong(Entry::endMicros).max().orElse(0) / 1e6;
  }

  /** Latencies of what was done, in milliseconds, in order. */
  double[] millis(Kind kind, double from, double to) {
    return entries.stream()
        .filter(entry -> entry.kind() == kind && entry.end() == End.DONE)
        .filter(entry -> entry.startMicros() >= from * 1e6 && entry.startMicros() < to * 1e6)
        .mapToDouble(entry -> entry.tookMicros() / 1e3)
        .sorted()
        .toArray();
  }

  /** How many ended so. */
  long count(Kind kind, End end, double from, double to) {
    return entries.stream()
        .filter(entry -> entry.kind() == kind && entry.end() == end)
        .filter(entry -> entry.endMicros() >= from * 1e6 && entry.endMicros() < to * 1e6)
        .count();
  }

  double perSecond(Kind kind, double from, double to) {
    return count(kind, End.DONE, from, to) / (to - from);
  }

  static double quantile(double[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  }

  private String quantiles(Kind kind) {
    double[] sorted = millis(kind, settled, well - LAST);
    return String.format(
        Locale.ROOT,
        "%.1f / %.1f / %.1f",
        quantile(sorted, 0.5),
        quantile(sorted, 0.99),
        quantile(sorted, 1));
  }

  private double perSecond(Kind kind) {
    return perSecond(kind, settled, well - LAST);
  }

  private long refused(Kind kind) {
    return count(kind, End.REFUSED, settled, well - LAST);
  }

  /** Its line of the table, while the disk was slow. */
  String row() {
    double disk =
        quantile(
            this.disk.stream()
                .filter(second -> second.second() > settled && second.second() <= well)
                .mapToDouble(DiskWatch.Second::latency)
                .filter(latency -> !Double.isNaN(latency))
                .sorted()
                .toArray(),
            0.5);
    return String.format(
        Locale.ROOT,
        "| `%s` | %s | %s | %s | %.1f | %.1f | %d, %d, %d | %.0f | %.1f | %.1f | %.1f | %.0f %% |%n",
        variant,
        quantiles(Kind.INTERACTIVE),
        quantiles(Kind.BATCH),
        quantiles(Kind.CRITICAL),
        perSecond(Kind.BATCH),
        perSecond(Kind.INTERACTIVE),
        refused(Kind.BATCH),
        refused(Kind.INTERACTIVE),
        refused(Kind.CRITICAL),
        operations(),
        disk,
        mean(Curve.limits(this).get(0)),
        mean(Curve.limits(this).get(1)),
        100 * waited);
  }

  /** The median: the server counts late what a session did before it was idle. */
  private double operations() {
    return quantile(
        disk.stream()
            .filter(second -> second.second() > settled && second.second() <= well)
            .mapToDouble(DiskWatch.Second::operations)
            .sorted()
            .toArray(),
        0.5);
  }

  private double mean(Curve curve) {
    return curve.points().stream()
        .filter(point -> point.second() > settled && point.second() < well)
        .mapToDouble(Curve.Point::value)
        .average()
        .orElse(Double.NaN);
  }

  /** Statements that failed, at any time. */
  long failed() {
    return entries.stream().filter(entry -> entry.end() == End.FAILED).count();
  }
}
