package dev.inmesh.jdbc.signal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;

/**
 * How many of those that run something wait for the disk, in percent, where nothing is timed. A
 * look sees one moment, so that there are several in a window; fewer than 20 running ones, counted
 * over the looks, say nothing.
 */
final class Glimpses implements Source {

  private final String what;
  private final Dedicated server;
  private final String sql;
  private final Dedicated.Rows<Glimpse> rows;
  private final Window window = new Window();
  private double running;
  private double waiting;

  /** What a look saw: how many run something, and how many of them wait for the disk. */
  record Glimpse(double running, double waiting) {}

  Glimpses(String what, Dedicated server, String sql, Dedicated.Rows<Glimpse> rows) {
    this.what = what;
    this.server = server;
    this.sql = sql;
    this.rows = rows;
  }

  static Glimpses ofPostgres(Dedicated server, PostgresView view) {
    return new Glimpses(view.what(), server, view.sql(), Glimpses::sessions);
  }

  private static Glimpse sessions(ResultSet row) throws SQLException {
    return row.next() ? new Glimpse(row.getDouble(1), row.getDouble(2)) : new Glimpse(0, 0);
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public boolean isGlimpsed() {
    return true;
  }

  @Override
  public void look() throws SQLException, AbsentException {
    Glimpse seen = server.ask(sql, rows);
    running += seen.running();
    waiting += Math.min(seen.waiting(), seen.running());
  }

  @Override
  public List<Measure> read(long nanos) throws SQLException, AbsentException {
    look();
    // A share of nobody waiting is known, other than a disk that takes no time.
    Pair pair = new Pair(DiskOperation.PRESSURE, "waits", running, waiting * 100, 0);
    return window.share(pair, nanos).stream()
        .map(share -> new Measure(DiskOperation.PRESSURE, share.value()))
        .toList();
  }

  @Override
  public void forget() {
    window.forget();
  }
}
