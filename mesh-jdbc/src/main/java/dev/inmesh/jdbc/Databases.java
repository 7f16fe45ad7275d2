package dev.inmesh.jdbc;

import dev.inmesh.call.MeshException;
import dev.inmesh.config.DatabaseSettings;
import dev.inmesh.config.Redaction;
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
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A primary and its replicas, which are an upstream of the engine with the primary as its backup:
 * where no replica can be chosen, the engine chooses the primary. Safe for concurrent use.
 */
final class Databases implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MeshDataSource.class);

  /** A primary whose connections take longer than this is asked whether it is there. */
  private static final long SLOW_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  private final EngineHost host;
  private final String name;
  private final StatementMeters meters;
  private final Object lock = new Object();
  private final Failover failover;
  private final Set<Database> seen = ConcurrentHashMap.newKeySet();
  private volatile Lineup lineup;
  private volatile DatabaseSettings settings;
  private volatile Set<String> lagging = Set.of();

  /** How those log in who use it: servers are asked in their name. */
  private volatile Credentials credentials = Credentials.OF_THE_POOL;

  private final Waiting waiting = new Waiting();

  /** Since when nobody of those who wait got a connection to the primary. */
  private volatile long openingSince;

  private volatile boolean failedOver;

  /** There is none as long as there are no replicas, nor ever a thread for it. */
  private EngineHost.@Nullable Hosted hosted;

  private volatile @Nullable UpstreamEngine engine;

  private EngineHost.@Nullable Registered ticking;

  Databases(EngineHost host, DatabaseSettings settings, Lineup lineup, StatementMeters meters) {
    this.meters = meters;
    this.host = host;
    this.name = settings.name();
    this.lineup = lineup;
    this.settings = settings;
    this.failover = new Failover(name, host, this);
    apply(settings, lineup);
  }

  /**
   * Other settings and servers from now on; a server that stays keeps its state.
   *
   * @throws SQLException if there is no primary, or no driver for a server
   */
  void reload(DatabaseSettings changed, Servers servers) throws SQLException {
    // A failover must not come between the look at what is and the change.
    synchronized (lock) {
      apply(changed, servers.lineup(changed, lineup));
    }
  }

  private void apply(DatabaseSettings changedSettings, Lineup changed) {
    synchronized (lock) {
      settings = changedSettings;
      lineup = changed;
      if (hosted == null && !changed.replicas().isEmpty()) {
        hosted = host.open(settings.upstream(changed.servers(lagging)));
        engine = hosted.engine();
        ticking = host.onTick(this::tick);
      } else if (hosted != null) {
        hosted.apply(settings.upstream(changed.servers(lagging)));
      }
    }
  }

  /** A replica says that it is the primary now; what runs at the one before is broken off. */
  void promote(Database next) {
    Database before;
    synchronized (lock) {
      before = lineup.primary();
      failedOver = true;
      apply(settings, lineup.promoted(next));
    }
    waiting.wakeAll();
    before.abortHeld(host.threads());
  }

  /** A primary of before is a replica now. */
  void rejoin(Database server) {
    synchronized (lock) {
      apply(settings, lineup.rejoined(server));
    }
  }

  /** Whether the primary may be gone, and servers are being asked. */
  boolean suspects() {
    return failover.suspects();
  }

  /** Replicas that are too far behind to be read from. */
  Set<String> lagging() {
    return lagging;
  }

  /** Others are from now on. */
  void lagging(Set<String> servers) {
    synchronized (lock) {
      lagging = Set.copyOf(servers);
      apply(settings, lineup);
    }
  }

  /** Whether another than the first has become the primary. */
  boolean hasFailedOver() {
    return failedOver;
  }

  Credentials credentials() {
    return credentials;
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
        opened.starts(lease);
        // What a call of the engine is for is the choice; the statements are its attempts.
        plan.end(Outcome.SUCCESS, true, false, System.nanoTime());
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
  boolean mayStay(Physical held, long now) {
    UpstreamEngine asked = engine;
    Lease before = held.lease;
    return asked == null || before == null || asked.mayChoose(before, now);
  }

  /** Something is to be run on a connection that is held: another attempt there. */
  void starts(Physical held, long now) {
    UpstreamEngine asked = engine;
    Lease before = held.lease;
    if (asked == null || before == null || held.isRunning()) {
      return;
    }
    Lease again = before.again(now);
    // None: drained or full, but a transaction that is open there has to go on.
    if (again != null) {
      held.starts(again);
    }
  }

  Physical openPrimary(Credentials credentials) throws SQLException {
    Database primary = primary();
    if (!mayFailOver()) {
      return physical(primary, credentials, false);
    }
    try {
      Physical opened = waitFor(primary, credentials);
      // Before the look: who breaks off what is held must find it, or be seen here.
      primary.holds(opened);
      if (primary == primary()) {
        return opened;
      }
      opened.close();
    } catch (SQLException | RuntimeException e) {
      if (primary == primary()) {
        failover.suspect(primary, "gives no connection: " + words(e));
        throw e;
      }
    }
    // Another has taken its place meanwhile.
    return openPrimary(credentials);
  }

  private Physical waitFor(Database primary, Credentials how) throws SQLException {
    if (waiting.isEmpty()) {
      openingSince = System.nanoTime();
    }
    Waiting.One one = waiting.begins();
    try {
      Physical opened = physical(primary, how, false);
      openingSince = System.nanoTime();
      if (credentials != how) {
        credentials = how;
      }
      return opened;
    } finally {
      boolean unused = waiting.ends(one);
    }
  }

  private static String words(Throwable thrown) {
    return Redaction.redact(String.valueOf(thrown.getMessage()));
  }

  private boolean mayFailOver() {
    return settings.failover() && hasReplicas();
  }

  /** A primary that swallows what is sent to it gives neither a connection nor an error. */
  private void tick(long now) {
    if (!waiting.isEmpty() && now - openingSince > SLOW_NANOS && mayFailOver()) {
      failover.suspect(primary(), "gives no connection");
    }
  }

  /** Asks a server that is used for the first time whether it is what it is said to be. */
  void meet(Database server, Connection raw) {
    if (!seen.add(server)) {
      return;
    }
    try {
      server.meet(raw);
      Standing standing = Inquiry.of(raw);
      Misfits.role(name, server, server == primary(), standing).ifPresent(log::warn);
      if (server == primary() && standing.isReplica() && mayFailOver()) {
        failover.suspect(server, "it is read-only: " + standing.reason());
      }
    } catch (SQLException | RuntimeException | LinkageError e) {
      if (Faults.isGone(e)) {
        // What asked first will hear of it, and the next one asks again.
        seen.remove(server);
      }
    }
  }

  private Physical physical(Database server, Credentials credentials, boolean replica)
      throws SQLException {
    // First, since a registry may refuse a meter, and nobody would close the connection.
    StatementMeters.ServerTimes times = meters.of(server.name());
    Connection raw = server.open(credentials);
    return new Physical(server, raw, times, replica);
  }

  /**
   * Something that was run failed.
   *
   * @param readOnly whether its connection was declared read-only: what that forbids says nothing
   *     of the server
   */
  void failed(Physical physical, Throwable thrown, boolean readOnly) {
    if (physical.replica() || !mayFailOver()) {
      return;
    }
    boolean ownDoing = readOnly && Faults.mayBeOfSession(thrown);
    if (Faults.isGone(thrown) || (Faults.isReadOnly(thrown) && !ownDoing)) {
      failover.suspect(physical.database, words(thrown));
    }
  }

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
    failover.close();
    synchronized (lock) {
      if (ticking != null) {
        ticking.close();
      }
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
