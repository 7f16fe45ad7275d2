package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.DiskSource;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The metrics of a node exporter. */
@Timeout(60)
final class ExporterTest {

  private static final String URL = "mesh.jdbc.orders.throttle.signal.url";

  private final Answers answers = new Answers();
  private final Probed probed = probed(Optional.empty());

  ExporterTest() throws Exception {}

  private Probed probed(Optional<String> device) {
    return new Probed(Probed.none(), Probed.settings(DiskSource.PROMETHEUS, answers.url(), device));
  }

  @AfterEach
  void stop() {
    probed.close();
    answers.close();
  }

  private static String disk(
      String device, long reads, double readSeconds, long flushes, double flushSeconds) {
    String labels = "{device=\"" + device + "\"} ";
    return "node_disk_reads_completed_total"
        + labels
        + reads
        + "\nnode_disk_read_time_seconds_total"
        + labels
        + readSeconds
        + "\nnode_disk_writes_completed_total"
        + labels
        + "0\nnode_disk_write_time_seconds_total"
        + labels
        + "0\nnode_disk_flush_requests_total"
        + labels
        + flushes
        + "\nnode_disk_flush_requests_time_seconds_total"
        + labels
        + flushSeconds
        + "\nnode_disk_io_time_seconds_total"
        + labels
        + (readSeconds + flushSeconds)
        + "\n";
  }

  @Test
  void theBusiestDiskIsTimed() {
    String junk =
        """
        # HELP node_disk_io_now The number of I/Os currently in progress.
        # TYPE node_disk_io_now gauge
        node_disk_reads_completed_total{device="sdb} 4
        node_disk_reads_completed_total 4
        node_disk_read_time_seconds_total{device="sda"} NaN
        node_disk_info{device="sda",path="a b"} one
        }{
        node_boot_time_seconds 1.700000001e+09
        """;
    answers.say(junk + disk("sda", 1000, 7, 10, 1) + disk("dm-0", 1000, 7, 10, 1));
    probed.poll();

    answers.say(junk + disk("sda", 1050, 7.25, 40, 1.06) + disk("dm-0", 1050, 99, 40, 99));
    Poll poll = probed.poll();

    assertThat(poll.measures())
        .extracting(Measure::operation)
        .containsExactly(DiskOperation.READ, DiskOperation.FSYNC);
    assertThat(poll.measures().get(0).value()).isCloseTo(5, within());
    assertThat(poll.measures().get(1).value()).isCloseTo(2, within());
    assertThat(probed.log())
        .containsExactly("INFO orders: disk signal: node exporter, the busiest disk");
  }

  private static org.assertj.core.data.Offset<Double> within() {
    return org.assertj.core.api.Assertions.within(1e-6);
  }

  @Test
  void theNamedDiskIsTimed() {
    try (Probed named = probed(Optional.of("dm-0"))) {
      answers.say(disk("sda", 0, 0, 0, 0) + disk("dm-0", 0, 0, 0, 0));
      named.poll();

      answers.say(disk("sda", 100, 9, 0, 0) + disk("dm-0", 100, 0.4, 0, 0));

      assertThat(named.poll().measures().get(0).value()).isCloseTo(4, within());
    }
  }

  @Test
  void pressureIsReadWhereThereIsNoDisk() {
    answers.say("node_pressure_io_waiting_seconds_total 681.5\n");
    probed.poll();

    answers.say("node_pressure_io_waiting_seconds_total 681.75\n");

    assertThat(probed.poll().measures()).containsExactly(new Measure(DiskOperation.PRESSURE, 25));
  }

  @Test
  void aMachineThatWasStartedAgainBeginsAnew() {
    answers.say("node_boot_time_seconds 1\n" + disk("sda", 10, 1, 0, 0));
    probed.poll();

    answers.say("node_boot_time_seconds 2\n" + disk("sda", 5000, 900, 0, 0));
    Poll poll = probed.poll();

    assertThat(poll.measures()).isEmpty();
    assertThat(poll.absent()).isEmpty();
    assertThat(probed.log())
        .contains(
            "INFO orders: disk signal: the server was restarted, or is another one: counted anew");
  }

  @Test
  void whatIsNoExporterIsAbsent() {
    answers.say("<html>hello</html>");

    Poll poll = probed.poll();

    assertThat(poll.measures()).isEmpty();
    assertThat(poll.absent().orElseThrow())
        .startsWith(URL + " has no node_disk_reads_completed_total nor ");
  }

  @Test
  void anAnswerOfMoreThanAMegabyteIsNotReadToItsEnd() {
    answers.say("#".repeat(2 << 20));

    assertThat(probed.poll().absent()).contains(URL + " answers with more than 1048576 bytes");
  }
}
