package dev.inmesh.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;

/** Asks servers on threads of their own, over connections of their own. */
final class Asking {

  /** A server that doesn't answer within this, in milliseconds, loses the connection. */
  private static final int NETWORK_MILLIS = 2_000;

  private Asking() {}

  static <T> CompletableFuture<T> of(
      Database server, Credentials credentials, Executor threads, Question<T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    try {
      threads.execute(
          () -> {
            try {
              answer.complete(now(server, credentials, threads, question));
            } catch (SQLException | RuntimeException | Error e) {
              answer.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(e);
    }
    return answer;
  }

  private static <T> T now(
      Database server, Credentials credentials, Executor threads, Question<T> question)
      throws SQLException {
    try (Connection raw = server.openApart(credentials)) {
      int before = bound(raw, threads);
      T answer = question.ask(raw);
      if (before >= 0) {
        // It may go back to a pool.
        raw.setNetworkTimeout(threads, before);
      }
      return answer;
    }
  }

  private static int bound(Connection raw, Executor threads) throws SQLException {
    try {
      int before = raw.getNetworkTimeout();
      raw.setNetworkTimeout(threads, NETWORK_MILLIS);
      return before;
    } catch (SQLFeatureNotSupportedException e) {
      return -1;
    }
  }
}
