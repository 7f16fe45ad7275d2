package dev.inmesh.samples.bench.disk;

import java.util.List;
import java.util.Locale;

/**
 * How soon the services follow their disk, in seconds; NaN for never.
 *
 * @param began after the disk became slow, the first service had a limit
 * @param settled after the disk became slow, all limits together stayed below 1.5x their median
 * @param back after the disk was well, 95 % of what had been executed at a time before were again
 */
record Turns(double began, double settled, double back) {

  static Turns of(Result result) {
    List<Curve.Point> limits = Curve.limits(result).get(0).points();
    List<Curve.Point> inFlight = Curve.limits(result).get(1).points();
    double began =
        result.limits().stream()
            .filter(second -> second.second() > result.slow() && !Double.isNaN(second.limit()))
            .mapToDouble(Result.LimitSecond::second)
            .min()
            .orElse(Double.NaN);
    double[] held =
        limits.stream()
            .filter(point -> point.second() > result.slow() && point.second() < result.well())
            .mapToDouble(Curve.Point::value)
            .filter(value -> !Double.isNaN(value))
            .sorted()
            .toArray();
    double high = 1.5 * Result.quantile(held, 0.5);
    double settled =
        limits.stream()
            .filter(point -> point.second() > result.slow() && point.second() < result.well())
            .filter(point -> Double.isNaN(point.value()) || point.value() > high)
            .mapToDouble(point -> point.second() + 1)
            .max()
            .orElse(result.slow());
    double before =
        inFlight.stream()
            .filter(point -> point.second() > 2 && point.second() < result.slow())
            .mapToDouble(Curve.Point::value)
            .average()
            .orElse(Double.NaN);
    double back =
        inFlight.stream()
            .filter(point -> point.second() > result.well() && point.value() >= 0.95 * before)
            .mapToDouble(Curve.Point::second)
            .min()
            .orElse(Double.NaN);
    return new Turns(began - result.slow(), settled - result.slow(), back - result.well());
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "the first limit %.1f s after the step, settled after %.1f s; %.1f s after its end as many"
            + " at a time as before",
        began,
        settled,
        back);
  }
}
