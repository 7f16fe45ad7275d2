package dev.inmesh.jdbc;

import dev.inmesh.call.Phase;
import java.sql.SQLException;
import java.sql.SQLTimeoutException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** The time of what a session's user has asked for and is still waiting for. For its thread. */
final class SessionTime {

  private final Cluster cluster;
  private final Holding holding;

  /** Null when nothing is under way, or nothing bounds it. */
  private @Nullable TimeLimit limit;

  SessionTime(Cluster cluster, Holding holding) {
    this.cluster = cluster;
    this.holding = holding;
  }

  /** Whether anything bounds what begins now. */
  boolean isLimited() {
    return cluster.limits().isTimed();
  }

  /**
   * Runs a step within the time that there is; one that is part of another shares its time.
   *
   * @param used the connection that it uses; null for what it asks for itself
   */
  @Nullable Object within(@Nullable Physical used, Step step) throws Throwable {
    if (limit != null || !isLimited()) {
      return step.run();
    }
    TimeLimit begun = begin(used);
    limit = begun;
    holding.bound(begun);
    boolean failed = true;
    try {
      Object answer = step.run();
      failed = false;
      begun.over();
      if (begun.wasStopped(false)) {
        throw stopped(begun, null);
      }
      return answer;
    } catch (Throwable e) {
      begun.over();
      if (failed && begun.wasStopped(true)) {
        throw stopped(begun, e);
      }
      throw e;
    } finally {
      limit = null;
      holding.bound(null);
    }
  }

  private TimeLimit begin(@Nullable Physical used) throws SQLException {
    try {
      return cluster.limits().begin(used);
    } catch (SQLTimeoutException e) {
      cluster.meters().timedOut(Phase.WAIT);
      throw e;
    }
  }

  private SQLException stopped(TimeLimit stopped, @Nullable Throwable cause) {
    cluster.meters().timedOut(stopped.phase());
    return stopped.words(cause);
  }

  /** What is run now, for as long as the step that is under way lasts. */
  void runs(Physical there, Statement statement) throws SQLException {
    TimeLimit bounded = limit;
    if (bounded != null) {
      bounded.runs(statement);
      there.runsWithin(bounded.leftNanos());
    }
  }

  /** What the step that is under way has left. */
  long leftNanos() {
    TimeLimit bounded = limit;
    return bounded == null ? Long.MAX_VALUE : bounded.leftNanos();
  }

  /** Whether what runs may have been stopped for its time. */
  boolean isNearlyOver() {
    TimeLimit bounded = limit;
    return bounded != null && bounded.isNearlyOver();
  }
}
