package dev.inmesh.jdbc.simulation;

import dev.inmesh.jdbc.signal.DiskOperation;
import dev.inmesh.jdbc.signal.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * Reads a server's counters, as a probe of the real ones does: what was added since the last time,
 * as soon as there were 20 operations, or fewer that took 200 ms together; absent until then, and
 * when that took more than five seconds. With noise of a few percent.
 */
final class Probe {

  private static final int FEWEST = 20;
  private static final long FEW_NANOS = 200 * Events.MILLI;
  private static final long STALE_NANOS = 5_500_000_000L;

  private final Database database;
  private final SplittableRandom random;
  private final Seen reads = new Seen();
  private final Seen flushes = new Seen();

  Probe(Database database, SplittableRandom random) {
    this.database = database;
    this.random = random;
  }

  List<Measure> measures(long now) {
    List<Measure> measures = new ArrayList<>();
    add(
        measures,
        reads.measure(
            DiskOperation.READ, database.disk.operations(), database.disk.operationNanos(), now));
    add(
        measures,
        flushes.measure(
            DiskOperation.FSYNC, database.wal.operations(), database.wal.operationNanos(), now));
    return measures;
  }

  /** The statistics are reset: the next difference means nothing. */
  void reset() {
    reads.known = false;
    flushes.known = false;
  }

  private static void add(List<Measure> measures, Optional<Measure> measure) {
    measure.ifPresent(measures::add);
  }

  private final class Seen {
    private boolean known;
    private long operations;
    private long nanos;
    private long since;

    Optional<Measure> measure(
        DiskOperation operation, long operationsNow, long nanosNow, long now) {
      long added = operationsNow - operations;
      if (known && added < FEWEST && nanosNow - nanos < FEW_NANOS) {
        return Optional.empty();
      }
      double noise = 0.95 + 0.1 * random.nextDouble();
      double millis = (nanosNow - nanos) / (double) added / Events.MILLI * noise;
      double perSecond = added * 1e9 / (now - since);
      boolean usable = known && now - since <= STALE_NANOS;
      known = true;
      operations = operationsNow;
      nanos = nanosNow;
      since = now;
      return usable ? Optional.of(new Measure(operation, millis, perSecond)) : Optional.empty();
    }
  }
}
