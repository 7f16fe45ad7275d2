package dev.inmesh.samples.bench.disk;

import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** Results side by side as an SVG: a column each, on the same scales. */
final class Picture {

  private static final int LEFT = 64;
  private static final int WIDTH = 420;
  private static final int GAP = 28;
  private static final int TOP = 64;
  private static final int HEIGHT = 130;
  private static final int ROW = 172;

  /** Light and dark as the reader has it; where nobody says, on paper. */
  private static final String STYLE =
      """
      <style>
        text { font: 12px sans-serif; fill: #24292f }
        .head { font-weight: bold; font-size: 14px }
        .paper { fill: #ffffff }
        .slow { fill: #8c959f; fill-opacity: 0.18 }
        .grid { stroke: #d0d7de; fill: none }
        .curve { fill: none; stroke-width: 1.6; stroke-linejoin: round }
        .disk { stroke: #8250df } .limit { stroke: #8250df } .in-flight { stroke: #6e7781 }
        .critical { stroke: #d1242f } .interactive { stroke: #0a7ea4 } .batch { stroke: #bf7600 }
        @media (prefers-color-scheme: dark) {
          text { fill: #e6edf3 }
          .paper { fill: #0d1117 }
          .grid { stroke: #30363d }
          .disk { stroke: #b392f0 } .limit { stroke: #b392f0 } .in-flight { stroke: #9198a1 }
          .critical { stroke: #ff7b72 } .interactive { stroke: #39c5e0 } .batch { stroke: #e3a336 }
        }
      </style>
      """;

  /** A panel, of a logarithmic scale between two powers of ten. */
  private record Panel(String title, int low, int high, Function<Result, List<Curve>> curves) {}

  private static final List<Panel> PANELS =
      List.of(
          new Panel("ms of the disk, an operation", -1, 4, result -> List.of(Curve.disk(result))),
          new Panel("statements at a time, of all services", 0, 3, Curve::limits),
          new Panel("statements done, a second", -1, 4, Curve::goodput),
          new Panel("p99, ms, by start", 0, 5, Curve::p99));

  private final StringBuilder svg = new StringBuilder();
  private final double seconds;

  private Picture(double seconds) {
    this.seconds = seconds;
  }

  static String of(String title, List<Result> results) {
    Picture picture = new Picture(results.stream().mapToDouble(Result::end).max().orElseThrow());
    int width = LEFT + results.size() * (WIDTH + GAP);
    int height = TOP + PANELS.size() * ROW;
    picture.add(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 %d %d' width='%d' role='img'>"
            + "<title>%s</title>%n%s<rect class='paper' width='100%%' height='100%%'/>%n",
        width, height, width, title, STYLE);
    picture.text(LEFT, 22, "head", "start", title);
    for (int column = 0; column < results.size(); column++) {
      Result result = results.get(column);
      int x = LEFT + column * (WIDTH + GAP);
      picture.text(x + WIDTH / 2.0, 44, "head", "middle", "throttle.mode=" + result.variant());
      for (int row = 0; row < PANELS.size(); row++) {
        picture.panel(PANELS.get(row), result, x, TOP + row * ROW + 16, column == 0);
      }
    }
    picture.add("</svg>%n");
    return picture.svg.toString();
  }

  private void panel(Panel panel, Result result, int left, int top, boolean first) {
    add(
        "<rect class='slow' x='%.1f' y='%d' width='%.1f' height='%d'/>%n",
        x(left, result.slow()), top, x(0, result.well() - result.slow()), HEIGHT);
    for (int power = panel.low; power <= panel.high; power++) {
      double y = y(panel, top, Math.pow(10, power));
      add("<path class='grid' d='M%d %.1fh%d'/>%n", left, y, WIDTH);
      if (first) {
        text(left - 6, y + 4, "", "end", power < 0 ? "0.1" : "1" + "0".repeat(power));
      }
    }
    for (int second = 0; second <= seconds; second += 10) {
      text(x(left, second), top + HEIGHT + 15, "", "middle", Integer.toString(second));
    }
    if (first) {
      text(left, top - 5, "", "start", panel.title);
    }
    List<Curve> curves = panel.curves.apply(result);
    for (int i = 0; i < curves.size(); i++) {
      curve(panel, curves.get(i), left, top);
      if (!first && curves.size() > 1) {
        double x = left + WIDTH - 110.0 * (curves.size() - i);
        add("<path class='curve %s' d='M%.1f %dh16'/>%n", curves.get(i).name(), x, top - 9);
        text(x + 20, top - 5, "", "start", curves.get(i).name());
      }
    }
  }

  private void curve(Panel panel, Curve curve, int left, int top) {
    StringBuilder path = new StringBuilder();
    String step = "M";
    for (Curve.Point point : curve.points()) {
      if (Double.isNaN(point.value())) {
        step = "M";
      } else {
        path.append(
            String.format(
                Locale.ROOT,
                "%s%.1f %.1f",
                step,
                x(left, point.second()),
                y(panel, top, point.value())));
        step = "L";
      }
    }
    if (!path.isEmpty()) {
      add("<path class='curve %s' d='%s'/>%n", curve.name(), path);
    }
  }

  private double x(int left, double second) {
    return left + WIDTH * second / seconds;
  }

  /** What is below the lowest line, as zero, is drawn on it. */
  private static double y(Panel panel, int top, double value) {
    double power = Math.max(panel.low, Math.min(panel.high, Math.log10(value)));
    return top + HEIGHT * (panel.high - power) / (panel.high - panel.low);
  }

  private void text(double x, double y, String style, String anchor, String text) {
    add(
        "<text class='%s' x='%.1f' y='%.1f' text-anchor='%s'>%s</text>%n",
        style, x, y, anchor, text);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values));
  }
}
