package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The disks of a machine. */
final class DisksTest {

  private final List<String> notices = new ArrayList<>();
  private long nanos;

  private List<Measure> next(Disks disks, Map<String, DiskCounters> counted)
      throws AbsentException {
    nanos += 1_000_000_000L;
    return disks.next(counted, "", nanos);
  }

  /** One that read so often, for so long. */
  private static DiskCounters reads(double reads, double millis) {
    return new DiskCounters(reads, millis, 0, 0, 0, 0, millis);
  }

  @Test
  void theBusiestHoldsAndPartitionsAndDevicesOnDevicesArePassedOver() throws Exception {
    Disks disks = new Disks(Optional.empty(), notices::add);
    Map<String, DiskCounters> before = new LinkedHashMap<>();
    Map<String, DiskCounters> after = new LinkedHashMap<>();
    for (String other : List.of("sda1", "nvme0n1p2", "dm-0", "md127", "loop3", "zram0", "sr0")) {
      before.put(other, reads(0, 0));
      after.put(other, reads(100, 90_000));
    }
    before.putAll(Map.of("sda", reads(0, 0), "nvme0n1", reads(0, 0)));
    after.putAll(Map.of("sda", reads(100, 300), "nvme0n1", reads(100, 200)));

    next(disks, before);

    assertThat(next(disks, after)).containsExactly(new Measure(DiskOperation.READ, 3, 100));
  }

  @Test
  void theOneThatIsNamedHolds() throws Exception {
    Disks disks = new Disks(Optional.of("dm-0"), notices::add);
    next(disks, Map.of("sda", reads(0, 0), "dm-0", reads(0, 0)));

    List<Measure> measures = next(disks, Map.of("sda", reads(100, 300), "dm-0", reads(100, 200)));

    assertThat(measures).containsExactly(new Measure(DiskOperation.READ, 2, 100));
  }

  @Test
  void aDeviceThatIsNotThereIsSaid() {
    Disks disks = new Disks(Optional.of("sdz"), notices::add);

    assertThatThrownBy(() -> next(disks, Map.of("sda", reads(0, 0))))
        .isInstanceOf(AbsentException.class)
        .hasMessage("there is no device sdz; there are [sda]");
  }

  @Test
  void timesThatWrapGoOn() throws Exception {
    Disks disks = new Disks(Optional.empty(), notices::add);
    double end = 0x1p32;
    next(disks, Map.of("sda", reads(0, end - 100)));

    List<Measure> wrapped = next(disks, Map.of("sda", reads(100, 200)));
    List<Measure> on = next(disks, Map.of("sda", reads(200, 700)));

    assertThat(wrapped).containsExactly(new Measure(DiskOperation.READ, 3, 100));
    assertThat(on).containsExactly(new Measure(DiskOperation.READ, 5, 100));
    assertThat(notices).isEmpty();
  }

  @Test
  void aResetIsNoWrap() throws Exception {
    Disks disks = new Disks(Optional.empty(), notices::add);
    next(disks, Map.of("sda", reads(5000, 0x1p32 - 100)));

    assertThat(next(disks, Map.of("sda", reads(100, 200)))).isEmpty();
    assertThat(next(disks, Map.of("sda", reads(200, 400))))
        .containsExactly(new Measure(DiskOperation.READ, 2, 100));
    assertThat(notices).containsExactly("its counter of reads went back: counted anew");
  }

  @Test
  void flushesAreTheSyncsOfADeviceThatHasAny() throws Exception {
    Disks disks = new Disks(Optional.empty(), notices::add);
    next(disks, Map.of("sda", new DiskCounters(0, 0, 0, 0, 1, 0, 0)));

    List<Measure> measures =
        next(disks, Map.of("sda", new DiskCounters(0, 0, 100, 90_000, 101, 400, 1000)));

    assertThat(measures).containsExactly(new Measure(DiskOperation.FSYNC, 4, 100));
  }

  @Test
  void writesAreThoseOfADeviceThatHasNothingToFlush() throws Exception {
    Disks disks = new Disks(Optional.empty(), notices::add);
    next(disks, Map.of("sda", new DiskCounters(0, 0, 0, 0, 0, 0, 0)));

    List<Measure> measures =
        next(disks, Map.of("sda", new DiskCounters(0, 0, 100, 700, 0, 0, 1000)));

    assertThat(measures).containsExactly(new Measure(DiskOperation.FSYNC, 7, 100));
  }

  @Test
  void pressureIsTheShareOfTimeInWhichSomebodyWaited() {
    Pressure pressure = new Pressure();

    assertThat(pressure.next(5000, 0)).isEmpty();
    assertThat(pressure.next(5250, 1_000_000_000L))
        .containsExactly(new Measure(DiskOperation.PRESSURE, 25));
    assertThat(pressure.next(5250, 2_000_000_000L))
        .containsExactly(new Measure(DiskOperation.PRESSURE, 0));
  }

  @Test
  void pressureOfAClockThatSteppedIsNotBelieved() {
    Pressure pressure = new Pressure();
    pressure.next(5000, 3_000_000_000L);

    assertThat(pressure.next(5500, 2_000_000_000L)).isEmpty();
    assertThat(pressure.next(9500, 3_000_000_000L)).isEmpty();
    assertThat(pressure.next(100, 4_000_000_000L)).isEmpty();
    assertThat(pressure.next(600, 5_000_000_000L))
        .containsExactly(new Measure(DiskOperation.PRESSURE, 50));
  }
}
