package dev.inmesh.samples.bench.disk;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.samples.bench.disk.Journal.End;
import dev.inmesh.samples.bench.disk.Journal.Entry;
import dev.inmesh.samples.bench.disk.Result.LimitSecond;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** What is told of a run: a disk that is slow from second 10 to second 30 of 40. */
final class ResultTest {

  private static final int SLOW = 10;
  private static final int WELL = 30;
  private static final int END = 40;

  private final List<Entry> entries = new ArrayList<>();
  private final List<DiskWatch.Second> disk = new ArrayList<>();
  private final List<LimitSecond> limits = new ArrayList<>();

  private Result result() {
    return new Result(Variant.parse("enforce"), SLOW, WELL, SLOW + 5, entries, disk, limits, 0.25);
  }

  private void add(Kind kind, End end, double start, double millis) {
    entries.add(new Entry(kind, end, (long) (start * 1e6), (long) (millis * 1e3)));
  }

  /** Two services: without a limit at first, at 20 for a second, then at 2 until the end. */
  private void story() {
    for (int second = 0; second < END; second++) {
      boolean held = second >= SLOW + 2 && second < WELL + 3;
      double limit = !held ? Double.NaN : second == SLOW + 2 ? 20 : 2;
      limits.add(new LimitSecond(second, limit, held ? 2 : 10));
      limits.add(new LimitSecond(second, limit, held ? 2 : 10));
      disk.add(new DiskWatch.Second(second, 100, second > SLOW && second <= WELL ? 2_000 : 20));
      add(Kind.BATCH, End.DONE, second, 50);
      add(Kind.CRITICAL, End.DONE, second, 1);
    }
  }

  @Test
  void aRowHasWhatWasMeasuredWhileTheDiskWasSlow() {
    story();
    for (int i = 0; i < 100; i++) {
      add(Kind.INTERACTIVE, End.DONE, 20, i + 1);
      // Before the disk was slow, and while everything settled.
      add(Kind.INTERACTIVE, End.DONE, 5, 9_999);
      add(Kind.INTERACTIVE, End.DONE, 12, 9_999);
    }
    add(Kind.BATCH, End.REFUSED, 20, 250);

    // Measured from 15 to 28; what began earlier, and ended then, counts as done.
    assertThat(result().row())
        .startsWith("| `enforce` | 51.0 / 100.0 / 100.0 | 50.0 / 50.0 / 50.0 | 1.0 / 1.0 / 1.0 |")
        .contains("| 1.0 | 15.4 | 1, 0, 0 | 100 | 20.0 | 4.0 | 4.0 | 25 % |");
  }

  @Test
  void turnsSayHowSoonTheServicesFollow() {
    story();

    assertThat(Turns.of(result())).isEqualTo(new Turns(2, 3, 3));
  }

  @Test
  void aPictureHasACurveForAllThatWasMeasured() throws Exception {
    story();

    Document svg =
        DocumentBuilderFactory.newInstance()
            .newDocumentBuilder()
            .parse(new InputSource(new StringReader(Picture.of("title", List.of(result())))));

    for (String curve : List.of("disk", "limit", "in-flight", "critical", "batch")) {
      assertThat(svg.getDocumentElement().getTextContent()).contains("throttle.mode=enforce");
      assertThat(drawn(svg, "curve " + curve)).as(curve).isPositive();
    }
  }

  private static int drawn(Document svg, String style) {
    int count = 0;
    for (int i = 0; i < svg.getElementsByTagName("path").getLength(); i++) {
      if (svg.getElementsByTagName("path")
          .item(i)
          .getAttributes()
          .getNamedItem("class")
          .getNodeValue()
          .equals(style)) {
        count++;
      }
    }
    return count;
  }
}
