package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * The disk of a server, as slow as a test wants it: the kernel lets the server's processes make
 * only so many operations a second on it. Nobody else is slowed. For root on Linux; the data must
 * be on a disk. For one thread at a time.
 */
public final class SlowDisk implements AutoCloseable {

  private static final Path PROC = Path.of("/proc");
  private static final Path SYS = Path.of("/sys");
  private static final long EVEN_MILLIS = 20;
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final PostgresServer server;
  private final BlockDevice disk;
  private final DiskGroup group;

  /** While operations are to come evenly. */
  private @Nullable ScheduledExecutorService renewing;

  private SlowDisk(PostgresServer server, BlockDevice disk, DiskGroup group) {
    this.server = server;
    this.disk = disk;
    this.group = group;
  }

  /**
   * Settings of a server that goes to its disk for what it reads and commits, whatever memory the
   * machine has, and says how long that takes.
   */
  public static List<String> options() {
    return List.of(
        "fsync=on",
        "shared_buffers=8MB",
        "debug_io_direct=data",
        "track_io_timing=on",
        "track_wal_io_timing=on",
        "max_connections=300");
  }

  /**
   * The disk of a server, not slow yet. The test that asks is skipped with a printed word where
   * that can't be: with {@code -Dinmesh.ci=true} it fails.
   */
  public static SlowDisk of(PostgresServer server) throws IOException {
    try {
      BlockDevice disk = BlockDevice.under(server.data(), PROC, SYS);
      String name = "inmesh-" + ProcessHandle.current().pid() + "-" + NAMES.incrementAndGet();
      DiskGroup group = DiskGroup.create(PROC, name);
      Workspace.shared().ends(group.folder());
      return new SlowDisk(server, disk, group);
    } catch (IOException e) {
      if (Boolean.getBoolean("inmesh.ci")) {
        throw e;
      }
      String word = "no slow disk: " + e.getMessage();
      System.out.println("skipped: " + word);
      throw new TestAbortedException(word, e);
    }
  }

  /**
   * Lets the server make so many reads a second, and as many writes, with what it runs now and
   * starts later; after a restart of it this must be said again. What the kernel has in memory of
   * its data is written and dropped.
   *
   * @param iops at least 1
   */
  public void limit(int iops) throws IOException {
    limit(iops, 0);
  }

  /**
   * The same, of a disk that moves only so many bytes a second, too: an operation of the kernel's
   * has megabytes, if it can.
   *
   * @param bytesPerSecond of reads, and of writes; 0 for as many as the disk does
   */
  public void limit(int iops, long bytesPerSecond) throws IOException {
    if (iops < 1 || bytesPerSecond < 0) {
      throw new IllegalArgumentException(
          "iops: " + iops + ", at least 1; bytes: " + bytesPerSecond + ", at least 0");
    }
    for (ProcessHandle process : server.processes()) {
      group.add(process);
    }
    drop();
    endRenewing();
    group.limit(disk, iops, bytesPerSecond);
  }

  /**
   * The same, with its operations one after the other, as a disk does them. By itself the kernel
   * allows those of a tenth of a second at once, and then none: at 200 a second half of all reads
   * of one thread take 0.1 ms, and one of twenty 100 ms. When a limit is written again, it begins
   * another period, and takes into account what the last one used; so this is done every 20 ms, or
   * for two operations. Linux 6.1 or later; the sum is some percent above the limit where there are
   * fewer than four at a time.
   */
  public void limitEvenly(int iops, long bytesPerSecond) throws IOException {
    limit(iops, bytesPerSecond);
    long period = Math.max(EVEN_MILLIS, 2_000 / iops);
    ScheduledExecutorService clock =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "inmesh-slow-disk");
              thread.setDaemon(true);
              return thread;
            });
    Future<?> unused =
        clock.scheduleAtFixedRate(
            () -> renew(iops, bytesPerSecond), period, period, TimeUnit.MILLISECONDS);
    renewing = clock;
  }

  private void renew(int iops, long bytesPerSecond) {
    try {
      group.renew(disk, iops, bytesPerSecond);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void endRenewing() throws IOException {
    ScheduledExecutorService clock = renewing;
    if (clock != null) {
      clock.shutdownNow();
      try {
        if (!clock.awaitTermination(20, TimeUnit.SECONDS)) {
          throw new IOException("the kernel doesn't take a limit");
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      renewing = null;
    }
  }

  /** Lets it make as many as the disk does. */
  public void lift() throws IOException {
    endRenewing();
    group.limit(disk, 0, 0);
  }

  /** Only its own data's: to drop all that the kernel has would slow what else runs here. */
  private void drop() throws IOException {
    Workspace.run(List.of("sync"));
    Workspace.run(
        List.of(
            "find",
            server.data().resolve("base").toString(),
            // Files come and go while it looks.
            "-ignore_readdir_race",
            "-type",
            "f",
            "-size",
            "+1M",
            "-exec",
            "dd",
            "if={}",
            "iflag=nocache",
            "count=0",
            "status=none",
            ";"));
  }

  /** Lifts the limit, and leaves nothing in the machine. The server may run on. */
  @Override
  public void close() throws IOException {
    endRenewing();
    if (Files.exists(group.folder())) {
      group.empty();
      Workspace.remove(group.folder());
    }
  }
}
