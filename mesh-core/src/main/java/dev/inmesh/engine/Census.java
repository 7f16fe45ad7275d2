package dev.inmesh.engine;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.config.UpstreamSettings.HealthCheck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Looks at servers for a person: one by one, and counted for a message. */
final class Census {

  private static final long SECOND = 1_000_000_000;

  private final int known;
  private final Map<ServerView.State, List<ServerView>> byState;

  private Census(int known, Map<ServerView.State, List<ServerView>> byState) {
    this.known = known;
    this.byState = byState;
  }

  static Census of(
      Collection<ServerState> servers, UpstreamSettings settings, Choice choice, long now) {
    Map<ServerView.State, List<ServerView>> byState = new EnumMap<>(ServerView.State.class);
    for (ServerState state : servers) {
      ServerView view = view(state, settings, choice, now);
      byState.computeIfAbsent(view.state(), s -> new ArrayList<>()).add(view);
    }
    return new Census(servers.size(), byState);
  }

  /** {@code 3 known, 2 ejected (10.0.0.3:5000 connect refused x5, back in 12s), 1 down}. */
  String words() {
    StringBuilder words = new StringBuilder().append(known).append(" known");
    byState.forEach(
        (state, views) -> {
          words.append(", ").append(views.size()).append(' ');
          words.append(
              state == ServerView.State.UP
                  ? "busy or tried"
                  : state.name().toLowerCase(Locale.ROOT));
          if (state == ServerView.State.EJECTED || state == ServerView.State.WAITING) {
            ServerView first = views.get(0);
            words
                .append(" (")
                .append(first.address())
                .append(' ')
                .append(first.reason())
                .append(", back in ")
                .append((first.timeLeft().toNanos() + SECOND - 1) / SECOND)
                .append(views.size() == 1 ? "s)" : "s, ...)");
          }
        });
    return words.toString();
  }

  static ServerView view(ServerState state, UpstreamSettings settings, Choice choice, long now) {
    Ejection ejection = state.ejection();
    if (Choice.isFenced(state.server(), settings.locality())) {
      String region = state.server().region();
      return view(
          state,
          ServerView.State.FENCED,
          region.isEmpty() ? "no region" : "region " + region + " is outside the fence",
          0);
    }
    if (state.server().down()) {
      return view(state, ServerView.State.DOWN, "down in its entry", 0);
    }
    if (state.isDraining()) {
      String reason = state.load.isDraining() ? "drain requested" : "drain in its entry";
      return state.inFlight() > 0
          ? view(state, ServerView.State.DRAINING, reason, 0)
          : view(state, ServerView.State.DRAINED, reason, 0);
    }
    if (choice.isOutByChecks(state)) {
      HealthCheck check = settings.healthCheck();
      ServerHealth health = state.load.health;
      return view(
          state,
          ServerView.State.EJECTED,
          "health check: " + health.words(),
          health.nanosLeft(check.healthyThreshold(), check.interval().toNanos(), now));
    }
    if (ejection != null) {
      return view(
          state, ServerView.State.EJECTED, ejection.words(), Math.max(0, ejection.until() - now));
    }
    long wait = state.waitNanosLeft(now);
    return wait > 0
        ? view(state, ServerView.State.WAITING, "asked to wait (Retry-After)", wait)
        : view(state, ServerView.State.UP, whatIsHeldAgainst(state), 0);
  }

  private static String whatIsHeldAgainst(ServerState state) {
    if (state.load.health.isFailing()) {
      return "stays, but health check: " + state.load.health.words();
    }
    int steps = state.slowness.steps();
    return steps == Slowness.STEPS
        ? ""
        : "slow, " + steps + "/" + Slowness.STEPS + " of its weight";
  }

  private static ServerView view(
      ServerState state, ServerView.State kind, String reason, long nanosLeft) {
    return new ServerView(
        state.address(),
        kind,
        reason,
        Duration.ofNanos(nanosLeft),
        state.server().weight(),
        state.server().backup(),
        state.inFlight(),
        Duration.ofNanos(state.latencyNanos()));
  }
}
