package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A whole disk. The kernel limits no single partition of one.
 *
 * @param number {@code major:minor}
 */
record BlockDevice(String number) {

  /** The one on which a file is. */
  static BlockDevice under(Path file, Path proc, Path sys) throws IOException {
    Mount mount = Mount.of(file, Mount.all(proc));
    return wholeDisk(mount.device().startsWith("0:") ? bySource(mount, sys) : mount.device(), sys);
  }

  /** Btrfs, for one, has a number of its own, and names the disk. */
  private static String bySource(Mount mount, Path sys) throws IOException {
    Path source = Path.of(mount.source());
    // What LVM and LUKS make has another name too.
    Path name = Files.exists(source) ? source.toRealPath() : source;
    Path number = sys.resolve("class/block").resolve(String.valueOf(name.getFileName()));
    if (!source.isAbsolute() || !Files.exists(number)) {
      throw new IOException(
          mount.point()
              + " is "
              + mount.type()
              + ", of which can't be said on what disk it is: set -Djava.io.tmpdir to a folder on"
              + " one");
    }
    return Files.readString(number.resolve("dev")).strip();
  }

  private static BlockDevice wholeDisk(String number, Path sys) throws IOException {
    Path device = sys.resolve("dev/block").resolve(number);
    if (Files.exists(device.resolve("partition"))) {
      Path disk = device.toRealPath().resolveSibling("dev");
      return new BlockDevice(Files.readString(disk).strip());
    }
    return new BlockDevice(number);
  }
}
