package dev.inmesh.jdbc;

import dev.inmesh.ServerStatus;
import dev.inmesh.ServerStatus.State;
import dev.inmesh.engine.ServerView;
import java.time.Duration;
import java.util.List;

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
    return views.stream().map(Statuses::status).toList();
  }

  private static ServerStatus status(ServerView view) {
    return new ServerStatus(
        view.address(),
        State.valueOf(view.state().name()),
        view.reason(),
        view.timeLeft(),
        view.weight(),
        view.backup(),
        view.inFlight(),
        view.latency());
  }
}
