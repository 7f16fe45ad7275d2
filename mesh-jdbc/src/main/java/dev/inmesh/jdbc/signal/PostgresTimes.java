package dev.inmesh.jdbc.signal;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** What a PostgreSQL has timed. */
final class PostgresTimes implements Source {

  private final Dedicated server;
  private final PostgresFacts facts;
  private final PostgresView view;
  private final Windows windows;

  PostgresTimes(
      Dedicated server, PostgresFacts facts, PostgresView view, Consumer<String> notices) {
    this.server = server;
    this.facts = facts;
    this.view = view;
    this.windows = new Windows(notices);
  }

  @Override
  public String what() {
    return view.what();
  }

  @Override
  public List<Measure> read(long nanos) throws SQLException, AbsentException, ChangedException {
    List<Boolean> timed = new ArrayList<>();
    Counters counters = server.ask(view.sql(), rows -> counters(rows, timed));
    // What was counted while nothing was timed took no time.
    if (!timed.equals(List.of(facts.readsTimed(), facts.walTimed()))) {
      throw new ChangedException();
    }
    return windows.next(counters, nanos);
  }

  private static Counters counters(ResultSet rows, List<Boolean> timed) throws SQLException {
    String server = "";
    StringBuilder resets = new StringBuilder();
    List<Pair> pairs = new ArrayList<>();
    while (rows.next()) {
      String kind = rows.getString(1);
      DiskOperation operation = kind.equals("read") ? DiskOperation.READ : DiskOperation.FSYNC;
      pairs.add(new Pair(operation, kind, rows.getDouble(2), rows.getDouble(3)));
      resets.append(rows.getString(4)).append(' ');
      server = rows.getString(5);
      timed.clear();
      timed.add(rows.getBoolean(6));
      timed.add(rows.getBoolean(7));
    }
    return new Counters(server, resets.toString(), pairs);
  }

  @Override
  public void forget() {
    windows.forget();
  }
}
