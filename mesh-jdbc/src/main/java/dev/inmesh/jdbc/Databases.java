package dev.inmesh.jdbc;

import dev.inmesh.call.MeshException;
import dev.inmesh.config.DatabaseSettings;
import dev.inmesh.engine.CallInfo;
import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.EngineHost;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.ServerView;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Outcome;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A primary and its replicas, which are an upstream of the engine with the primary as its backup:
 * where no replica can be chosen, the engine chooses the primary. Safe for concurrent use.
 */
final class Databases implements AutoCloseable {

  private final EngineHost host;
  private final String name;
  private final StatementMeters meters;
  private final Object lock = new Object();
  private volatile Lineup lineup;

  /** There is none as long as there are no replicas, nor ever a thread for it. */
  private EngineHost.@Nullable Hosted hosted;

  private volatile @Nullable UpstreamEngine engine;

  Databases(EngineHost host, DatabaseSettings settings, Lineup lineup, StatementMeters meters) {
    this.meters = meters;
    this.host = host;
    this.name = settings.name();
    this.lineup = lineup;
    apply(settings, lineup);
  }

  /** Other settings and servers from now on; a server that stays keeps its state. */
  void apply(DatabaseSettings settings, Lineup changed) {
    synchronized (lock) {
      lineup = changed;
      if (hosted == null && !changed.replicas().isEmpty()) {
        hosted = host.open(settings.upstream(changed.servers()));
        engine = hosted.engine();
      } else if (hosted != null) {
        hosted.apply(settings.upstream(changed.servers()));
      }
    }
  }

  Lineup lineup() {
    return lineup;
  }

  Database primary() {
    return lineup.primary();
  }

  boolean hasReplicas() {
    return !lineup.replicas().isEmpty();
  }

  /** Whether a replica can be tried now. */
  boolean mayTryReplica() {
    UpstreamEngine asked = engine;
    return asked != null && asked.hasRegular(System.nanoTime());
  }

  /** A replica that could be chosen now; null when there is none. */
  @Nullable Database nextReplica() {
    UpstreamEngine asked = engine;
    if (asked == null) {
      return null;
    }
    return asked.servers(System.nanoTime()).stream()
        .filter(view -> view.state() == ServerView.State.UP && !view.backup())
        .findFirst()
        .map(view -> lineup.get(view.address()))
        .orElse(null);
  }

  /** A connection to a replica, with an attempt on it; null when none gives one. */
  @Nullable Physical openReplica(Credentials credentials) {
    UpstreamEngine asked = engine;
    if (asked == null) {
      return null;
    }
    CallPlan plan = plan(asked);
    Lease lease = plan == null ? null : first(plan);
    while (plan != null && lease != null) {
      Lineup now = lineup;
      Database chosen = now.get(lease.address());
      if (chosen == null || chosen == now.primary()) {
        // The primary is opened where all others do.
        lease.ignored(false, System.nanoTime());
        break;
      }
      try {
        Physical opened = physical(chosen, credentials, true);
        opened.starts(new Attempt(plan, lease));
        return opened;
      } catch (SQLException | RuntimeException | LinkageError e) {
        // What a driver needs for one server may be missing on the class path.
        lease.failure(Faults.ofOpening(e), 0, System.nanoTime());
        lease = plan.another(System.nanoTime());
      }
    }
    if (plan != null) {
      plan.end(Outcome.IGNORED, false, false, System.nanoTime());
    }
    return null;
  }

  private static @Nullable CallPlan plan(UpstreamEngine asked) {
    long now = System.nanoTime();
    try {
      return asked.plan(new CallInfo("", "", now, 0, Long.MAX_VALUE, true, true, false), now);
    } catch (MeshException e) {
      // Neither breaker nor limit is there to refuse it; and if so, there is the primary.
      return null;
    }
  }

  private static @Nullable Lease first(CallPlan plan) {
    try {
      return plan.first(System.nanoTime());
    } catch (MeshException e) {
      // Not even the primary is in the list.
      return null;
    }
  }

  /** Whether what is held at a replica may be used again, instead of another. */
  boolean mayStay(Physical held) {
    UpstreamEngine asked = engine;
    Lease before = held.lease;
    return asked == null || before == null || asked.mayChoose(before, System.nanoTime());
  }

  /** Something is to be run on a connection that is held. */
  void starts(Physical held) {
    UpstreamEngine asked = engine;
    Lease before = held.lease;
    if (asked == null || before == null || held.isRunning()) {
      return;
    }
    CallPlan plan = plan(asked);
    if (plan == null) {
      return;
    }
    Lease again = plan.again(before, System.nanoTime());
    if (again == null) {
      // Drained or full, but a transaction that is open there has to go on.
      plan.end(Outcome.IGNORED, false, false, System.nanoTime());
    } else {
      held.starts(new Attempt(plan, again));
    }
  }

  Physical openPrimary(Credentials credentials) throws SQLException {
    return physical(primary(), credentials, false);
  }

  private Physical physical(Database server, Credentials credentials, boolean replica)
      throws SQLException {
    // First, since a registry may refuse a meter, and nobody would close the connection.
    StatementMeters.ServerTimes times = meters.of(server.name());
    Connection raw = server.open(credentials);
    return new Physical(server, raw, times, replica);
  }

  /** Something that was run failed. */
  void failed(Physical physical, Throwable thrown) {}

  /** All servers as they are, the primary first. */
  List<ServerView> servers() {
    UpstreamEngine asked = engine;
    return asked == null ? List.of() : asked.servers(System.nanoTime());
  }

  /**
   * Takes a replica out on request.
   *
   * @throws IllegalArgumentException if no replica has this name
   */
  CompletableFuture<Void> drain(String server) {
    // Handed on to another thread: what the user hangs on it must not run inside a statement.
    return replica(server).drain(server, System.nanoTime()).thenApplyAsync(Function.identity());
  }

  /**
   * Puts it back.
   *
   * @throws IllegalArgumentException if no replica has this name
   */
  void restore(String server) {
    replica(server).restore(server, System.nanoTime());
  }

  private UpstreamEngine replica(String server) {
    Lineup now = lineup;
    Database known = now.get(server);
    if (known == now.primary() && known != null) {
      throw new IllegalArgumentException(
          name + ": " + server + " is the primary, which can't be drained: make another one it");
    }
    if (known == null || engine == null) {
      throw new IllegalArgumentException(name + ": no replica " + server + "; known are " + now);
    }
    return Objects.requireNonNull(engine);
  }

  @Override
  public void close() {
    synchronized (lock) {
      if (hosted != null) {
        hosted.close();
      }
    }
  }

  @Override
  public String toString() {
    return lineup.toString();
  }
}
