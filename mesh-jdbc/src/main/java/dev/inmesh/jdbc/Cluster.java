package dev.inmesh.jdbc;

import dev.inmesh.config.DatabaseSettings;
import dev.inmesh.config.MeshSettings;
import dev.inmesh.config.ThrottleSettings;
import dev.inmesh.engine.EngineHost;
import dev.inmesh.jdbc.position.Positions;
import dev.inmesh.jdbc.sql.Statements;
import dev.inmesh.jdbc.sql.Verdict;
import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Verdict.Target;
import io.micrometer.core.instrument.MeterRegistry;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the sessions of one DataSource share: its servers and settings, which follow the
 * configuration, and what is known of the servers and of the statements that go there. Safe for
 * concurrent use.
 */
final class Cluster implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MeshDataSource.class);

  private static final Verdict UNKNOWN =
      new Verdict(Target.PRIMARY, "unknown database", Kind.OTHER, Hint.NONE, false, "", false, "");

  private final String name;
  private final Servers servers;
  private final Code code;
  private final RouteCounts counts;
  private final StatementMeters meters;
  private final TimeLimits limits;
  private final Databases databases;
  private final Lags lags;
  private final Throttles throttles;
  private final Executor threads;
  private final EngineHost.Registered following;
  private final EngineHost.Registered closing;

  private volatile DatabaseSettings settings;
  private volatile ThrottleSettings throttle;
  private volatile long timeoutNanos;
  private volatile Router router;
  private volatile Consistency consistency;

  /** Asked of a server at the first need: no pool has to answer when the process starts. */
  private volatile @Nullable Knowledge knowledge;

  /** What the program itself says, where no key does. */
  record Code(
      ReadRouting readRouting,
      Set<String> pureFunctions,
      Duration timeout,
      Consistency consistency,
      Optional<Duration> maxLag) {}

  private record Knowledge(
      Facts facts, Set<String> pureFunctions, @Nullable Statements statements) {

    static Knowledge of(Facts facts, Set<String> pureFunctions) {
      return new Knowledge(
          facts,
          pureFunctions,
          facts.dialect().map(d -> new Statements(d, pureFunctions)).orElse(null));
    }
  }

  /**
   * Follows the configuration from now on.
   *
   * @throws SQLException if there is no primary, or no driver for a server
   */
  Cluster(String name, EngineHost host, Servers servers, Code code, MeterRegistry registry)
      throws SQLException {
    this.name = name;
    this.servers = servers;
    this.code = code;
    this.counts = new RouteCounts(name, registry);
    this.meters = new StatementMeters(name, registry);
    this.limits = new TimeLimits(name, () -> timeoutNanos, Stops.TIMERS, Stops.THREADS);
    this.threads = host.threads();
    MeshSettings mesh = host.settings();
    this.settings = settings(mesh);
    this.throttle = throttle(mesh);
    this.timeoutNanos = timeout(settings);
    this.databases = new Databases(host, settings, servers.lineup(settings, null), meters);
    this.router = router(mesh);
    this.consistency = consistency(settings);
    this.lags = new Lags(name, host, databases, this::maxLag, registry);
    this.throttles = new Throttles(name, host, databases, this::throttle, registry);
    this.following = host.follow(this::apply);
    this.closing = host.onClose(this::close);
  }

  private DatabaseSettings settings(MeshSettings mesh) {
    DatabaseSettings written = mesh.databases().get(name);
    return written == null ? DatabaseSettings.of(name) : written;
  }

  /** In nanoseconds; 0 for none. */
  private long timeout(DatabaseSettings written) {
    return written.timeout().orElse(code.timeout()).toNanos();
  }

  /** With the mesh turned off, statements go where they would without it. */
  private Router router(MeshSettings mesh) {
    ReadRouting mode =
        settings.readRouting().map(m -> ReadRouting.valueOf(m.name())).orElse(code.readRouting());
    return new Router(mesh.enabled() ? mode : ReadRouting.OFF, databases.hasReplicas());
  }

  /** With the mesh turned off, nothing is held back. */
  private ThrottleSettings throttle(MeshSettings mesh) {
    ThrottleSettings written = settings.throttle();
    return mesh.enabled() ? written : written.off();
  }

  private ThrottleSettings throttle() {
    return throttle;
  }

  private Optional<Duration> maxLag() {
    return settings.maxLag().or(code::maxLag);
  }

  private Consistency consistency(DatabaseSettings now) {
    return now.consistency().map(m -> Consistency.valueOf(m.name())).orElse(code.consistency());
  }

  private synchronized void apply(MeshSettings mesh) {
    DatabaseSettings changed = settings(mesh);
    try {
      databases.reload(changed, servers);
    } catch (SQLException e) {
      log.warn("{}; its servers stay as they were", e.getMessage());
    }
    settings = changed;
    throttle = throttle(mesh);
    timeoutNanos = timeout(changed);
    router = router(mesh);
    consistency = consistency(changed);
    Knowledge known = knowledge;
    if (known != null && !known.pureFunctions.equals(pureFunctions())) {
      knowledge = Knowledge.of(known.facts, pureFunctions());
    }
  }

  private Set<String> pureFunctions() {
    Set<String> functions = new TreeSet<>(code.pureFunctions());
    functions.addAll(settings.pureFunctions());
    return functions;
  }

  String name() {
    return name;
  }

  /** What the keys say now. */
  DatabaseSettings settings() {
    return settings;
  }

  Databases databases() {
    return databases;
  }

  Router router() {
    return router;
  }

  RouteCounts counts() {
    return counts;
  }

  StatementMeters meters() {
    return meters;
  }

  TimeLimits limits() {
    return limits;
  }

  /** Whose writes reads must see. */
  Consistency consistency() {
    return consistency;
  }

  /** What is known of how far replicas have come; null before a server was seen, or if nothing. */
  @Nullable Positions positions() {
    Knowledge known = knowledge;
    return known == null ? null : known.facts.positions().orElse(null);
  }

  /** What connections are like before anything is set; null until a server has been asked. */
  @Nullable Facts knownFacts() {
    Knowledge known = knowledge;
    return known == null ? null : known.facts;
  }

  /** What a text proves in this database's dialect; not before {@link #learn}. */
  Verdict verdict(String sql) {
    Statements statements = Objects.requireNonNull(knowledge).statements;
    return statements == null ? UNKNOWN : statements.verdict(sql);
  }

  /** A replica has refused it as a write: what it proves from now on. */
  Verdict refused(String sql, Verdict seemed) {
    Knowledge known = knowledge;
    Statements statements = known == null ? null : known.statements;
    return statements == null ? seemed : statements.refused(sql);
  }

  /** Asks a server, for all sessions, what they have in common. */
  Facts learn(Physical asked) throws SQLException {
    databases.meet(asked.database, asked.raw);
    Facts facts = Facts.of(asked.raw);
    knowledge = Knowledge.of(facts, pureFunctions());
    return facts;
  }

  /** What is wrong with its servers; each is waited for as long as for a connection. */
  List<String> problems() throws InterruptedException {
    return new ServerChecks(name, databases, threads).problems(settings.connectTimeout().toNanos());
  }

  /** Says what is wrong with its servers, some time from now. */
  void checkInBackground() {
    try {
      threads.execute(this::check);
    } catch (RejectedExecutionException e) {
      log.warn("{}: its servers aren't checked: no thread is free", name);
    }
  }

  private void check() {
    try {
      problems().forEach(log::warn);
    } catch (InterruptedException e) {
      // The mesh ends.
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    following.close();
    closing.close();
    throttles.close();
    lags.close();
    databases.close();
  }
}
