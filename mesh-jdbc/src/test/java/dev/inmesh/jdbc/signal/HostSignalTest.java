package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.DiskSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What {@code /proc} tells, laid out in a folder. */
final class HostSignalTest {

  private static final String NOISE =
      """
         7       0 loop0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0 0
      what is that
       254       x vdb 1 1 1 one 0 0 0 0 0 0 0
      """;

  private final Path proc;

  HostSignalTest(@TempDir Path proc) {
    this.proc = proc;
  }

  private Probed probed() {
    return new Probed(
        Probed.none(), Probed.settings(DiskSource.HOST, "", Optional.empty()), proc, Runnable::run);
  }

  private void disk(long reads, long readMillis, long flushes, long flushMillis)
      throws IOException {
    Files.writeString(
        proc.resolve("diskstats"),
        NOISE
            + String.format(
                " 254       0 vda %d 54234 21744442 %d 10 10 80 5 0 %d 3666499 0 0 0 0 %d %d%n",
                reads, readMillis, readMillis, flushes, flushMillis));
  }

  private void pressure(long micros) throws IOException {
    Path file = proc.resolve("pressure/io");
    Files.createDirectories(file.getParent());
    Files.writeString(
        file,
        "some avg10=0.00 avg60=0.00 avg300=0.02 total="
            + micros
            + "\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=5\n");
  }

  @Test
  void disksAreTimed() throws Exception {
    disk(1000, 7000, 100, 500);
    pressure(0);
    try (Probed probed = probed()) {
      probed.poll();

      disk(1050, 7250, 130, 560);
      pressure(900_000);
      Poll poll = probed.poll();

      assertThat(poll.measures())
          .containsExactly(
              new Measure(DiskOperation.READ, 5, 50), new Measure(DiskOperation.FSYNC, 2, 30));
      assertThat(poll.pingMillis()).isEmpty();
      assertThat(probed.log())
          .containsExactly("INFO orders: disk signal: " + proc + "/diskstats, the busiest disk");
    }
  }

  @Test
  void pressureIsReadWhereNoDiskCanBeSeen() throws Exception {
    pressure(682_000_000);
    try (Probed probed = probed()) {
      probed.poll();

      pressure(682_300_000);

      assertThat(probed.poll().measures()).containsExactly(new Measure(DiskOperation.PRESSURE, 30));
      assertThat(probed.log())
          .containsExactly("INFO orders: disk signal: " + proc + "/pressure/io");
    }
  }

  @Test
  void aHostWithoutEitherIsAbsent() {
    try (Probed probed = probed()) {
      Poll poll = probed.poll();

      assertThat(poll.measures()).isEmpty();
      assertThat(poll.absent())
          .contains("neither " + proc + "/diskstats nor " + proc + "/pressure/io can be read");
    }
  }

  @Test
  void aMachineThatSleptBeginsAnew() throws Exception {
    disk(1000, 7000, 0, 0);
    try (Probed probed = probed()) {
      probed.poll();

      disk(9000, 900_000, 0, 0);
      probed.later(3_600_000);
      assertThat(probed.poll().measures()).isEmpty();
      disk(9100, 900_200, 0, 0);

      assertThat(probed.poll().measures()).containsExactly(new Measure(DiskOperation.READ, 2, 100));
      assertThat(probed.log())
          .contains(
              "INFO orders: disk signal: the clock went 3601 s since the last poll: counted anew");
    }
  }

  @Test
  void aClockThatGoesBackBeginsAnew() throws Exception {
    disk(1000, 7000, 0, 0);
    try (Probed probed = probed()) {
      probed.poll();

      disk(1100, 90_000, 0, 0);
      probed.later(-60_000);
      Poll poll = probed.poll();

      assertThat(poll.measures()).isEmpty();
      assertThat(poll.absent()).isEmpty();
      assertThat(probed.log())
          .contains(
              "INFO orders: disk signal: the clock went -59 s since the last poll: counted anew");
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void theMachineThatThisRunsOnIsUnderstood() throws Exception {
    Path real = Path.of("/proc");

    assertThat(HostDisks.parse(Files.readAllLines(HostDisks.file(real)))).isNotEmpty();
  }
}
