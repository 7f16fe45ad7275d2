package dev.inmesh.jdbc.signal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The disks of this machine, as {@code /proc} shows them. */
final class HostDisks implements Source {

  /** Kernels before 5.5 have no flushes. */
  private static final int FIELDS = 14;

  private static final int FIELDS_WITH_FLUSHES = 20;

  private final String what;
  private final Path proc;
  private final Disks disks;

  HostDisks(String what, Path proc, Optional<String> device, Consumer<String> notices) {
    this.what = what;
    this.proc = proc;
    this.disks = new Disks(device, notices);
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public List<Measure> read(long nanos) throws IOException, AbsentException {
    return disks.next(parse(Files.readAllLines(file(proc))), "", nanos);
  }

  static Path file(Path proc) {
    return proc.resolve("diskstats");
  }

  /** Lines that aren't like that are passed over. */
  static Map<String, DiskCounters> parse(List<String> lines) {
    Map<String, DiskCounters> disks = new LinkedHashMap<>();
    for (String line : lines) {
      String[] fields = line.strip().split("\\s+");
      if (fields.length >= FIELDS) {
        try {
          disks.put(fields[2], counters(fields));
        } catch (NumberFormatException e) {
          // The kernel will have something else to say in a later version.
        }
      }
    }
    return disks;
  }

  private static DiskCounters counters(String[] fields) {
    boolean flushes = fields.length >= FIELDS_WITH_FLUSHES;
    return new DiskCounters(
        Long.parseUnsignedLong(fields[3]),
        Long.parseUnsignedLong(fields[6]),
        Long.parseUnsignedLong(fields[7]),
        Long.parseUnsignedLong(fields[10]),
        flushes ? Long.parseUnsignedLong(fields[18]) : 0,
        flushes ? Long.parseUnsignedLong(fields[19]) : 0,
        Long.parseUnsignedLong(fields[12]));
  }

  @Override
  public void forget() {
    disks.forget();
  }
}
