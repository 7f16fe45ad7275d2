package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.SQLException;

/** Asking a physical connection something between the user's statements. */
final class Raw {

  private Raw() {}

  /**
   * Asks it in a transaction of its own, so that it leaves none open: what is run next must not see
   * the database as it was before.
   *
   * @param millis how long an answer may take; then the connection is broken
   */
  static <T> T inAutoCommit(Connection raw, int millis, Question<T> question) throws SQLException {
    boolean autoCommit = raw.getAutoCommit();
    int timeout = raw.getNetworkTimeout();
    boolean shortens = timeout == 0 || timeout > millis;
    if (shortens) {
      raw.setNetworkTimeout(Runnable::run, millis);
    }
    if (!autoCommit) {
      raw.setAutoCommit(true);
    }
    T answer = question.ask(raw);
    if (!autoCommit) {
      raw.setAutoCommit(false);
    }
    if (shortens) {
      raw.setNetworkTimeout(Runnable::run, timeout);
    }
    return answer;
  }
}
