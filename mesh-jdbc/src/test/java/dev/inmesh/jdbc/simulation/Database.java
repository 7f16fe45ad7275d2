package dev.inmesh.jdbc.simulation;

import java.util.SplittableRandom;

/** A server: processors, one lock that some statements want, a disk for reads, and a log. */
final class Database {

  private static final double HEALTHY_READS = 40_000;

  private final Events events;
  final Station disk;
  final Station processors;
  final Station lock;
  final Wal wal;

  Database(Events events, long seed) {
    this.events = events;
    SplittableRandom random = new SplittableRandom(seed);
    this.disk = new Station(events, random.split(), 8, 0.2);
    this.processors = new Station(events, random.split(), 16, 0.1);
    this.lock = new Station(events, random.split(), 1, 0.01);
    this.wal = new Wal(events, random.split(), 0.6, 0.5);
    well();
  }

  /** 0.2 ms a read and 0.6 ms a flush, as was seen on a real disk. */
  void well() {
    disk.capacity(HEALTHY_READS, 8);
    wal.set(0.6, 0.5);
  }

  /** A limit on the device's operations, as a cgroup or a cloud sets it: one after the other. */
  void limitedTo(double perSecond) {
    disk.capacity(perSecond, 1);
    // A flush is two operations at least, and one for each 128 kB.
    wal.set(2000.0 / perSecond, 8000.0 / perSecond);
  }

  void run(Statement statement, Event done) {
    processors.enter(
        now -> {
          if (statement.locks()) {
            lock.enter(then -> read(statement, statement.reads(), done));
          } else {
            read(statement, statement.reads(), done);
          }
        });
  }

  private void read(Statement statement, int left, Event done) {
    if (left > 0) {
      disk.enter(now -> read(statement, left - 1, done));
    } else if (statement.megabytes() > 0) {
      wal.commit(statement.megabytes(), done);
    } else {
      done.fire(events.now());
    }
  }
}
