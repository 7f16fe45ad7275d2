package dev.inmesh.jdbc.servers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is written where, in a tree of files that only looks like the kernel's. */
final class DiskGroupTest {

  private static final ProcessHandle ME = ProcessHandle.current();
  private static final BlockDevice VDA = new BlockDevice("254:0");
  private static final String PID = Long.toString(ME.pid());

  private final Path proc;
  private final Path sys;
  private final Path cgroups;

  DiskGroupTest(@TempDir Path machine) throws IOException {
    proc = machine.resolve("proc");
    sys = machine.resolve("sys");
    cgroups = Files.createDirectories(machine.resolve("cgroups"));
  }

  private static Path file(Path file, String content) throws IOException {
    Files.createDirectories(file.getParent());
    return Files.writeString(file, content);
  }

  private void mounted(String... lines) throws IOException {
    file(proc.resolve("self/mountinfo"), String.join("\n", lines) + "\n");
  }

  /** The files that the kernel puts into a group; here they are there before the group is made. */
  private void group(String... files) throws IOException {
    file(cgroups.resolve("cgroup.procs"), "");
    file(cgroups.resolve("g/cgroup.procs"), "");
    for (String name : files) {
      file(cgroups.resolve("g").resolve(name), "");
    }
  }

  private static final String[] THROTTLES = {
    "blkio.throttle.read_iops_device",
    "blkio.throttle.write_iops_device",
    "blkio.throttle.read_bps_device",
    "blkio.throttle.write_bps_device"
  };

  private void firstVersion() throws IOException {
    mounted(
        "29 1 0:29 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory",
        "30 1 0:30 / " + cgroups + " rw,relatime shared:9 - cgroup cgroup rw,blkio");
  }

  private void secondVersion(String controllers, String handedDown) throws IOException {
    mounted("30 1 0:30 / " + cgroups + " rw,relatime - cgroup2 cgroup2 rw,nsdelegate");
    file(cgroups.resolve("cgroup.controllers"), controllers + "\n");
    file(cgroups.resolve("cgroup.subtree_control"), handedDown + "\n");
  }

  private DiskGroup made() throws IOException {
    return DiskGroup.create(proc, "g");
  }

  private String written(String file) throws IOException {
    return Files.readString(cgroups.resolve(file));
  }

  @Test
  void theFirstVersionTakesOneLineForReadsAndOneForWrites() throws IOException {
    firstVersion();
    group(THROTTLES);

    DiskGroup group = made();
    group.add(ME);
    group.limit(VDA, 200, 5_000_000_000L);

    assertThat(written("g/cgroup.procs")).isEqualTo(PID);
    assertThat(written("g/blkio.throttle.read_iops_device")).isEqualTo("254:0 200");
    assertThat(written("g/blkio.throttle.write_iops_device")).isEqualTo("254:0 200");
    assertThat(written("g/blkio.throttle.read_bps_device")).isEqualTo("254:0 5000000000");
    assertThat(written("g/blkio.throttle.write_bps_device")).isEqualTo("254:0 5000000000");

    group.limit(VDA, 0, 0);
    assertThat(written("g/blkio.throttle.read_iops_device")).isEqualTo("254:0 0");
    assertThat(written("g/blkio.throttle.write_iops_device")).isEqualTo("254:0 0");
    assertThat(written("g/blkio.throttle.write_bps_device")).isEqualTo("254:0 0");
  }

  @Test
  void theSecondVersionTakesOneLineForBoth() throws IOException {
    secondVersion("cpuset cpu io memory", "cpu io");
    group("io.max");

    DiskGroup group = made();
    group.add(ME);
    group.limit(VDA, 50, 1_000);

    assertThat(written("g/cgroup.procs")).isEqualTo(PID);
    assertThat(written("g/io.max")).isEqualTo("254:0 riops=50 wiops=50 rbps=1000 wbps=1000");

    group.limit(VDA, 0, 0);
    assertThat(written("g/io.max")).isEqualTo("254:0 riops=max wiops=max rbps=max wbps=max");
  }

  @Test
  void aLimitIsRenewedAsItWas() throws IOException {
    firstVersion();
    group(THROTTLES);
    made().renew(VDA, 50, 1_000);
    assertThat(written("g/blkio.throttle.read_iops_device")).isEqualTo("254:0 50");

    secondVersion("cpu io", "cpu io");
    group("io.max");
    made().renew(VDA, 50, 1_000);
    assertThat(written("g/io.max")).isEqualTo("254:0 riops=50 wiops=50 rbps=1000 wbps=1000");
  }

  @Test
  void theSecondVersionIsToldToHandTheControllerDown() throws IOException {
    secondVersion("cpu io", "cpu");
    group("io.max");

    made();

    assertThat(written("cgroup.subtree_control")).isEqualTo("+io");
  }

  @Test
  void theFirstVersionGoesBeforeASecondWithoutDisks() throws IOException {
    mounted(
        "31 1 0:31 / " + cgroups.resolve("unified") + " rw - cgroup2 cgroup2 rw",
        "30 1 0:30 / " + cgroups + " rw - cgroup cgroup rw,blkio");
    group(THROTTLES);

    made().limit(VDA, 7, 0);

    assertThat(written("g/blkio.throttle.read_iops_device")).isEqualTo("254:0 7");
  }

  @Test
  void processesGoBackToWhereNothingIsLimited() throws IOException {
    firstVersion();
    group(THROTTLES);
    DiskGroup group = made();
    group.add(ME);

    group.empty();

    assertThat(written("cgroup.procs")).isEqualTo(PID);
  }

  @Test
  void aMachineThatLimitsNoDisksIsToldSo() throws IOException {
    mounted("21 1 254:0 / / rw - ext4 /dev/vda rw");
    assertThatThrownBy(this::made).hasMessageStartingWith("no cgroups here that limit disks");

    secondVersion("cpu memory", "cpu");
    assertThatThrownBy(this::made).hasMessageStartingWith("no cgroups here that limit disks");
  }

  @Test
  void aKernelThatCanNotThrottleIsToldSo() throws IOException {
    firstVersion();

    assertThatThrownBy(this::made).hasMessageContaining("CONFIG_BLK_DEV_THROTTLING");
  }

  @Test
  void whoMayMakeNoGroupIsToldSo() throws IOException {
    // Like root's folder for somebody else: nothing can be made in it.
    Path file = file(cgroups.resolve("file"), "");
    mounted("30 1 0:30 / " + file + " rw - cgroup cgroup rw,blkio");

    assertThatThrownBy(this::made).hasMessageContaining("which root can");
  }

  private String diskOf(Path file) throws IOException {
    return BlockDevice.under(file, proc, sys).number();
  }

  @Test
  void dataIsOnTheDiskOfTheInnermostMount() throws IOException {
    mounted(
        "21 1 254:0 / / rw - ext4 /dev/vda rw",
        "22 1 254:16 / " + cgroups + " rw - ext4 /dev/vdb rw",
        "23 1 254:32 / " + cgroups + "x rw - ext4 /dev/vdc rw");

    assertThat(diskOf(cgroups)).isEqualTo("254:16");
    assertThat(diskOf(proc)).isEqualTo("254:0");
  }

  @Test
  void aPartitionIsLimitedAsItsDisk() throws IOException {
    mounted("21 1 8:3 / / rw - ext4 /dev/sda3 rw");
    file(sys.resolve("devices/sda/dev"), "8:0\n");
    file(sys.resolve("devices/sda/sda3/partition"), "3\n");
    Files.createDirectories(sys.resolve("dev/block"));
    Files.createSymbolicLink(sys.resolve("dev/block/8:3"), sys.resolve("devices/sda/sda3"));

    assertThat(diskOf(cgroups)).isEqualTo("8:0");
  }

  @Test
  void aFileSystemWithANumberOfItsOwnIsKnownByWhatIsMounted() throws IOException {
    mounted("21 1 0:40 / / rw - btrfs /dev/sdb rw");
    file(sys.resolve("class/block/sdb/dev"), "8:16\n");

    assertThat(diskOf(cgroups)).isEqualTo("8:16");
  }

  @Test
  void layersAndMemoryAreNoDisk() throws IOException {
    for (String type : new String[] {"overlay", "tmpfs"}) {
      mounted("21 1 0:40 / / rw - " + type + " " + type + " rw");

      assertThatThrownBy(() -> diskOf(cgroups))
          .hasMessageContaining("/ is " + type)
          .hasMessageContaining("java.io.tmpdir");
    }
  }
}
