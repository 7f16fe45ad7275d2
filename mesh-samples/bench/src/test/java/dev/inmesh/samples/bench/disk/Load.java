package dev.inmesh.samples.bench.disk;

import dev.inmesh.jdbc.QueryClass;
import dev.inmesh.samples.bench.disk.Journal.End;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;

/**
 * What a service does: batch threads that run one statement after the other, and statements of the
 * other classes that come at random, whether or not the earlier ones are done, and so are timed
 * from when they were to start.
 */
final class Load {

  /** SQLState of a statement that the throttle refused. */
  private static final String REFUSED = "53400";

  private static final double INTERACTIVE_A_SECOND = 5;
  private static final double CRITICAL_A_SECOND = 0.5;
  private static final long PAUSE_MILLIS = 100;

  private final Work work;
  private final Variant variant;
  private final DataSource database;
  private final Semaphore permits;
  private final long origin;
  private final Journal journal = new Journal();
  private final AtomicInteger inFlight = new AtomicInteger();
  private final List<Thread> threads = new ArrayList<>();
  private final ExecutorService arrived = Executors.newCachedThreadPool();
  private final CountDownLatch over = new CountDownLatch(1);

  /**
   * One that doesn't run yet.
   *
   * @param share of the permits of all services that this one has
   * @param origin when the variant begins, by {@code System.nanoTime()}
   */
  Load(Work work, Variant variant, DataSource database, int share, long origin) {
    this.work = work;
    this.variant = variant;
    this.database = database;
    this.permits = new Semaphore(share, true);
    this.origin = origin;
  }

  /** Starts it; the same seed makes the same arrivals. */
  void start(int batchThreads, long seed) {
    SplittableRandom seeds = new SplittableRandom(seed);
    for (int i = 0; i < batchThreads; i++) {
      SplittableRandom random = seeds.split();
      threads.add(new Thread(() -> batch(random)));
    }
    for (Kind kind : new Kind[] {Kind.INTERACTIVE, Kind.CRITICAL}) {
      SplittableRandom random = seeds.split();
      double rate = kind == Kind.CRITICAL ? CRITICAL_A_SECOND : INTERACTIVE_A_SECOND;
      threads.add(new Thread(() -> arrivals(kind, rate, random)));
    }
    threads.forEach(Thread::start);
  }

  /** Statements that the service waits for now, other than for a permit of a fixed limit. */
  int inFlight() {
    return inFlight.get();
  }

  private void batch(SplittableRandom random) {
    End end = End.DONE;
    // Whoever is refused comes back a while later, and not together with the others.
    while (!over(end == End.DONE ? 0 : random.nextLong(PAUSE_MILLIS / 2, PAUSE_MILLIS * 3 / 2))) {
      end = run(Kind.BATCH, random, System.nanoTime());
    }
  }

  private void arrivals(Kind kind, double aSecond, SplittableRandom random) {
    long next = System.nanoTime();
    while (true) {
      next += (long) (-Math.log(1 - random.nextDouble()) / aSecond * 1e9);
      if (over(TimeUnit.NANOSECONDS.toMillis(next - System.nanoTime()))) {
        return;
      }
      SplittableRandom own = random.split();
      long start = next;
      arrived.execute(() -> run(kind, own, start));
    }
  }

  /** Waits so long for the end. */
  private boolean over(long millis) {
    try {
      return over.await(millis, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      return true;
    }
  }

  @SuppressWarnings("try") // The scope is only open.
  private End run(Kind kind, SplittableRandom random, long start) {
    boolean limited = variant.limits(kind);
    if (limited) {
      permits.acquireUninterruptibly();
    }
    inFlight.incrementAndGet();
    End end;
    try (QueryClass.Scope scope = kind.queryClass().open();
        Connection connection = database.getConnection()) {
      work.run(kind, connection, random);
      end = End.DONE;
    } catch (SQLException e) {
      end = REFUSED.equals(e.getSQLState()) ? End.REFUSED : failed(e);
    }
    inFlight.decrementAndGet();
    if (limited) {
      permits.release();
    }
    long now = System.nanoTime();
    journal.add(kind, end, (start - origin) / 1000, (now - start) / 1000);
    return end;
  }

  private static End failed(SQLException e) {
    System.err.println(e);
    return End.FAILED;
  }

  /** Ends it; returns what has been when the last statement has ended. */
  Journal stop() throws InterruptedException {
    over.countDown();
    for (Thread thread : threads) {
      thread.join();
    }
    arrived.shutdown();
    if (!arrived.awaitTermination(5, TimeUnit.MINUTES)) {
      throw new IllegalStateException("statements don't end");
    }
    return journal;
  }
}
