package dev.inmesh.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What the processors were busy with since it was made. */
final class Load {

  private static final Path STAT = Path.of("/proc/stat");

  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  private final long startNanos = System.nanoTime();
  private final long ownNanos = ownNanos();
  private final long[] all = ticks();

  private static long ownNanos() {
    return ProcessHandle.current().info().totalCpuDuration().orElse(Duration.ZERO).toNanos();
  }

  /** Busy and in all; nothing where the system doesn't say. */
  private static long[] ticks() {
    try {
      String[] words = Files.readAllLines(STAT).get(0).split(" +", -1);
      long sum = 0;
      for (int i = 1; i <= 8; i++) {
        sum += Long.parseLong(words[i]);
      }
      return new long[] {sum - Long.parseLong(words[4]) - Long.parseLong(words[5]), sum};
    } catch (IOException notLinux) {
      return new long[] {0, 0};
    }
  }

  /** The shares since then. */
  Busy busy() {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    double own = (ownNanos() - ownNanos) / 1e9 / seconds / PROCESSORS;
    long[] now = ticks();
    double busy = (now[0] - all[0]) / (double) Math.max(1, now[1] - all[1]);
    return new Busy(own, busy);
  }

  /**
   * Shares of all processors, 1 for all of them.
   *
   * @param own of this process
   * @param all of everybody on the machine
   */
  record Busy(double own, double all) {

    /**
     * Whether other processes take what this one would need: then no thread of it runs when it
     * should, and how late a call is says nothing of the mesh.
     */
    boolean isTakenByOthers() {
      return all > 0.95 && all - own > 0.25;
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "this process %.0f %%, all %.0f %% of %d processors%s",
          100 * own,
          100 * all,
          PROCESSORS,
          isTakenByOthers() ? "; OTHERS TAKE THEM, so it is not asserted how late calls are" : "");
    }
  }
}
