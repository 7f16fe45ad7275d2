package dev.inmesh.jdbc.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.jdbc.signal.DiskOperation;
import dev.inmesh.jdbc.signal.Measure;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class TextTimesTest {

  private static final long MILLI = 1_000_000;

  /** As what is known of two plain reads is. */
  private record Known(String of) {}

  private final TextTimes times = new TextTimes();

  @Test
  void textsOfWhichTheSameIsKnownAreTwoAllTheSame() {
    Known quick = new Known("read");
    Known slow = new Known("read");

    times.record(quick, MILLI);
    times.record(slow, 100 * MILLI);
    times.record(slow, 100 * MILLI);
    List<TextTime> window = times.take();

    assertThat(window).hasSize(2);
    assertThat(window.get(0).text()).isNotEqualTo(window.get(1).text());
    assertThat(window).extracting(TextTime::nanos).containsExactlyInAnyOrder(MILLI, 200 * MILLI);
  }

  @Test
  void aTextIsTheSameInEachWindow() {
    Known text = new Known("read");
    times.record(text, MILLI);
    Object first = times.take().get(0).text();
    assertThat(times.take()).isEmpty();

    times.record(text, MILLI);

    assertThat(times.take().get(0).text()).isEqualTo(first).hasSameHashCodeAs(first);
  }

  @Test
  void quickReadsDontMakeUsualReportsLookSlow() {
    ClientEvidence evidence = new ClientEvidence();
    Known quick = new Known("read");
    Known report = new Known("read");
    Measure slowDisk = new Measure(DiskOperation.READ, 20);
    for (int i = 0; i < 200; i++) {
      window(evidence, quick, report, i);
    }

    assertThat(window(evidence, quick, report, 200).agrees(slowDisk)).isFalse();
  }

  private ClientEvidence.Felt window(ClientEvidence to, Known quick, Known report, long now) {
    for (int i = 0; i < 100; i++) {
      times.record(quick, MILLI);
    }
    for (int i = 0; i < 20; i++) {
      times.record(report, 200 * MILLI);
    }
    return to.window(
        new ClientWindow(times.take(), 0, 0, OptionalLong.empty()), true, now * 1000 * MILLI);
  }
}
