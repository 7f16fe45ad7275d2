package dev.inmesh.samples.bench.disk;

import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Something over time.
 *
 * @param name in the picture, and of its style
 */
record Curve(String name, List<Point> points) {

  /** A value, NaN for none, at a second. */
  record Point(double second, double value) {}

  /** Enough of a few statements a second for a quantile, and still a curve. */
  private static final int WINDOW = 3;

  static Curve disk(Result result) {
    return new Curve(
        "disk",
        result.disk().stream()
            .map(second -> new Point(second.second(), second.latency()))
            .toList());
  }

  /** Of all services together. */
  static List<Curve> limits(Result result) {
    List<Point> limits = new ArrayList<>();
    List<Point> inFlight = new ArrayList<>();
    result.limits().stream()
        .collect(
            Collectors.groupingBy(Result.LimitSecond::second, TreeMap::new, Collectors.toList()))
        .forEach(
            (second, all) -> {
              limits.add(
                  new Point(second, all.stream().mapToDouble(Result.LimitSecond::limit).sum()));
              inFlight.add(
                  new Point(second, all.stream().mapToDouble(Result.LimitSecond::inFlight).sum()));
            });
    return List.of(new Curve("limit", limits), new Curve("in-flight", inFlight));
  }

  static List<Curve> goodput(Result result) {
    return ofKinds(result, (kind, from) -> result.perSecond(kind, from, from + WINDOW));
  }

  static List<Curve> p99(Result result) {
    return ofKinds(
        result, (kind, from) -> Result.quantile(result.millis(kind, from, from + WINDOW), 0.99));
  }

  private interface Value {
    double of(Kind kind, double from);
  }

  private static List<Curve> ofKinds(Result result, Value value) {
    List<Curve> curves = new ArrayList<>();
    for (Kind kind : Kind.values()) {
      List<Point> points = new ArrayList<>();
      for (int from = 0; from + WINDOW <= result.end(); from++) {
        points.add(new Point(from + WINDOW / 2.0, value.of(kind, from)));
      }
      curves.add(new Curve(kind.toString(), points));
    }
    return curves;
  }
}
