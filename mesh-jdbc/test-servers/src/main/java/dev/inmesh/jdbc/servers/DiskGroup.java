package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/**
 * A group of processes whose operations on disks the kernel counts and limits: version 1 of
 * cgroups, where {@code blkio} is mounted by itself, or version 2. The kernel's
 * Documentation/admin-guide says how: cgroup-v1/blkio-controller.rst, cgroup-v2.rst.
 */
final class DiskGroup {

  private static final String PROCESSES = "cgroup.procs";

  private final Path folder;
  private final boolean first;

  private DiskGroup(Path folder, boolean first) {
    this.folder = folder;
    this.first = first;
  }

  /** Makes one. The message of what it throws says why this machine can't have it. */
  static DiskGroup create(Path proc, String name) throws IOException {
    List<Mount> mounts = Mount.all(proc);
    Optional<Mount> blkio =
        mounts.stream()
            .filter(mount -> mount.type().equals("cgroup") && mount.options().contains("blkio"))
            .findFirst();
    if (blkio.isPresent()) {
      Path folder = make(blkio.get().point(), name);
      return new DiskGroup(folder, true).checked("blkio.throttle.read_iops_device");
    }
    Optional<Mount> unified =
        mounts.stream().filter(mount -> mount.type().equals("cgroup2")).findFirst();
    if (unified.isPresent() && words(unified.get().point(), "cgroup.controllers").contains("io")) {
      Path root = unified.get().point();
      admit(root);
      return new DiskGroup(make(root, name), false).checked("io.max");
    }
    throw new IOException("no cgroups here that limit disks: neither blkio of v1 nor io of v2");
  }

  private static List<String> words(Path folder, String file) throws IOException {
    return List.of(Files.readString(folder.resolve(file)).strip().split("\\s+", -1));
  }

  /** In version 2 a group hands a controller down to those in it, and only if it is told to. */
  private static void admit(Path root) throws IOException {
    if (!words(root, "cgroup.subtree_control").contains("io")) {
      try {
        write(root.resolve("cgroup.subtree_control"), "+io");
      } catch (IOException e) {
        // A container's own group has processes, and so can't.
        throw new IOException(root + " lets no group in it limit disks: " + e, e);
      }
    }
  }

  private static Path make(Path root, String name) throws IOException {
    try {
      return Files.createDirectories(root.resolve(name));
    } catch (IOException e) {
      throw new IOException("can't make a group in " + root + ", which root can: " + e, e);
    }
  }

  private DiskGroup checked(String needed) throws IOException {
    if (!Files.exists(folder.resolve(needed))) {
      Files.delete(folder);
      throw new IOException("a kernel without CONFIG_BLK_DEV_THROTTLING: no " + needed);
    }
    return this;
  }

  Path folder() {
    return folder;
  }

  /** Takes a process in; those that it starts from then on come along. */
  void add(ProcessHandle process) throws IOException {
    move(process, folder.resolve(PROCESSES));
  }

  /** Sends all of them back to where nothing is limited. */
  void empty() throws IOException {
    for (String pid : words(folder, PROCESSES)) {
      Optional<ProcessHandle> process =
          pid.isEmpty() ? Optional.empty() : ProcessHandle.of(Long.parseLong(pid));
      if (process.isPresent()) {
        move(process.get(), folder.resolveSibling(PROCESSES));
      }
    }
  }

  private static void move(ProcessHandle process, Path to) throws IOException {
    try {
      write(to, Long.toString(process.pid()));
    } catch (IOException e) {
      if (process.isAlive()) {
        throw e;
      }
    }
  }

  /** Operations and bytes a second, of reads and of writes each; 0 for as many as there are. */
  void limit(BlockDevice disk, int iops, long bytes) throws IOException {
    if (first) {
      for (String what : List.of("read", "write")) {
        String file = "blkio.throttle." + what;
        write(folder.resolve(file + "_bps_device"), disk.number() + " " + bytes);
        write(folder.resolve(file + "_iops_device"), disk.number() + " " + iops);
      }
    } else {
      String line = " riops=%1$s wiops=%1$s rbps=%2$s wbps=%2$s".formatted(rate(iops), rate(bytes));
      write(folder.resolve("io.max"), disk.number() + line);
    }
  }

  /** Writes a limit again: the kernel's period begins anew, less what was used too early. */
  void renew(BlockDevice disk, int iops, long bytes) throws IOException {
    if (first) {
      // Whichever it is, all of the group's begin anew.
      write(folder.resolve("blkio.throttle.read_iops_device"), disk.number() + " " + iops);
    } else {
      limit(disk, iops, bytes);
    }
  }

  private static String rate(long limit) {
    return limit == 0 ? "max" : Long.toString(limit);
  }

  /** The kernel's files take one line in one write, and can't be made. */
  private static void write(Path file, String line) throws IOException {
    Files.writeString(file, line, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
  }
}
