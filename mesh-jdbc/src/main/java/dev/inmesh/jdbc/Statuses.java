package dev.inmesh.jdbc;

import dev.inmesh.ServerStatus;
import dev.inmesh.ServerStatus.State;
import dev.inmesh.engine.ServerView;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** What users see of the servers of a database. */
final class Statuses {

  private Statuses() {}

  static List<ServerStatus> of(Databases databases) {
    List<ServerView> views = databases.servers();
    if (views.isEmpty()) {
      String primary = databases.primary().name();
      return List.of(
          new ServerStatus(primary, State.UP, "", Duration.ZERO, 1, true, 0, Duration.ZERO));
    }
    Set<String> outside = databases.lineup().outside();
    return views.stream().map(view -> status(view, outside.contains(view.address()))).toList();
  }

  private static ServerStatus status(ServerView view, boolean outside) {
    return new ServerStatus(
        view.address(),
        State.valueOf(view.state().name()),
        outside ? "was the primary, and doesn't say that it follows" : view.reason(),
        view.timeLeft(),
        view.weight(),
        view.backup(),
        view.inFlight(),
        view.latency());
  }
}
