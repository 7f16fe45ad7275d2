package dev.inmesh.samples.bench.disk;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Asks the server each second how long its disk took. */
final class DiskWatch implements AutoCloseable {

  private static final String READS =
      "SELECT coalesce(sum(reads), 0), coalesce(sum(read_time), 0) FROM pg_stat_io"
          + " WHERE object = 'relation' AND backend_type = 'client backend'";
  private static final String FSYNCS =
      "SELECT coalesce(sum(fsyncs), 0), coalesce(sum(fsync_time), 0) FROM pg_stat_io"
          + " WHERE object = 'wal'";

  /**
   * What it did in a second.
   *
   * @param second since the begin, in which it ended
   * @param operations of the kind that is watched
   * @param millis that they took together
   */
  record Second(double second, long operations, double millis) {

    double latency() {
      return operations == 0 ? Double.NaN : millis / operations;
    }
  }

  private final ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
  private final Connection connection;
  private final String question;
  private final long origin;
  private final List<Second> seconds = new ArrayList<>();
  private final Future<?> looking;
  private long operations;
  private double millis;

  DiskWatch(Connection connection, Work work, long origin) throws SQLException {
    this.connection = connection;
    this.question = work == Work.READS ? READS : FSYNCS;
    this.origin = origin;
    ask();
    seconds.clear();
    this.looking = clock.scheduleAtFixedRate(this::look, 1, 1, TimeUnit.SECONDS);
  }

  private void look() {
    try {
      ask();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  private void ask() throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(question)) {
      row.next();
      long nowOperations = row.getLong(1);
      double nowMillis = row.getDouble(2);
      seconds.add(
          new Second(
              (System.nanoTime() - origin) / 1e9, nowOperations - operations, nowMillis - millis));
      operations = nowOperations;
      millis = nowMillis;
    }
  }

  /** What has been. */
  List<Second> stop() throws InterruptedException {
    if (looking.isDone()) {
      throw new IllegalStateException("the server was asked in vain: " + looking);
    }
    clock.shutdown();
    if (!clock.awaitTermination(1, TimeUnit.MINUTES)) {
      throw new IllegalStateException("the server doesn't answer");
    }
    return List.copyOf(seconds);
  }

  @Override
  public void close() {
    clock.shutdownNow();
  }
}
