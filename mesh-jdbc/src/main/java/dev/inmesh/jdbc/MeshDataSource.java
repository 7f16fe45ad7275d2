package dev.inmesh.jdbc;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKeyBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A DataSource over one pool for each server of a database. Its connections are logical: one asks a
 * pool for a physical connection with its first statement, and sends what is proven to read, and
 * only that, to a replica.
 *
 * <pre>{@code
 * DataSource db = MeshDataSource.builder(mesh, "orders").primary(p).replica("r1", r1).build();
 * }</pre>
 *
 * <p>The pools stay their owner's: they are not closed here. Safe for concurrent use; a connection
 * is for one thread at a time, as JDBC has it, but for {@code abort} and {@code cancel}.
 */
public final class MeshDataSource implements DataSource, AutoCloseable {

  /** What the primary is called where code names it by its role alone. */
  private static final String PRIMARY = "primary";

  private final Cluster cluster;
  private final CurrentShards shards;

  private MeshDataSource(Mesh mesh, Cluster cluster, Shards.Collecting ofCode) {
    this.cluster = cluster;
    this.shards =
        new CurrentShards(
            cluster.name(),
            () -> cluster.settings().shards(),
            ofCode,
            shard ->
                new MeshDataSource(
                    mesh,
                    ConfiguredDatabases.of(mesh.engineHost()).cluster(shard),
                    new Shards.Collecting(shard)));
  }

  /** A database of one server. */
  public static MeshDataSource wrap(Mesh mesh, String name, DataSource pool) {
    return builder(mesh, name).primary(pool).build();
  }

  /**
   * Builds one over several servers.
   *
   * @param name of the database, in messages and meters
   */
  public static Builder builder(Mesh mesh, String name) {
    return new Builder(mesh, name);
  }

  /**
   * One over the servers that {@code mesh.jdbc.<name>.primary} and {@code .replicas} name, whose
   * connections it opens itself: {@code jdbc:mesh:<name>} as a DataSource, for a pool to stand
   * above.
   *
   * @throws SQLException if there is no database of this name, no primary, or no driver for a
   *     server
   */
  public static MeshDataSource of(Mesh mesh, String name) throws SQLException {
    return new MeshDataSource(
        mesh, ConfiguredDatabases.open(mesh.engineHost(), name), new Shards.Collecting(name));
  }

  /** A logical connection. Asks no pool for anything yet. */
  @Override
  public Connection getConnection() {
    return new Session(cluster, Credentials.OF_THE_POOL).proxy();
  }

  /** A logical connection whose physical ones are asked for with these credentials. */
  @Override
  public Connection getConnection(@Nullable String user, @Nullable String password) {
    return new Session(cluster, Credentials.of(user, password)).proxy();
  }

  /** Makes the keys that {@link #createConnectionBuilder} takes. */
  @Override
  public ShardingKeyBuilder createShardingKeyBuilder() {
    return new ShardKey.Builder();
  }

  /**
   * Asks for a connection of a shard: {@code
   * database.createConnectionBuilder().shardingKey(key).build()}. Without a key it is one of this
   * database's own servers.
   */
  @Override
  public ConnectionBuilder createConnectionBuilder() {
    return new ShardConnections(shards, this);
  }

  /**
   * Asks all servers whether they are what they are taken for: there, with this login, the primary
   * writable, the replicas not, of a version that is known, with the same tables (names and types
   * of columns, in one query of each catalog). For a start, or a health page. {@link #of}, and
   * {@code jdbc:mesh:}, do it once by themselves, and log what they find.
   *
   * @return what is wrong and how it is mended, one text each; empty when nothing is. Takes as long
   *     as {@code mesh.jdbc.<name>.timeout.connect} at most
   */
  public List<String> check() throws InterruptedException {
    return cluster.problems();
  }

  /** The servers as they are now, the primary first. */
  public List<ServerStatus> servers() {
    return Statuses.of(cluster.databases());
  }

  /** The name of the server that takes the writes now; another one after a failover. */
  public String primaryServer() {
    return cluster.databases().primary().name();
  }

  /**
   * Takes a replica out, as for a deployment: no statement begins there any more; statements,
   * results and transactions that are open go on. Of no effect when it is out already. A drain ends
   * with {@link #restore}.
   *
   * @param server its name, as in {@link #servers()}
   * @return done when nothing is open there; cancelled when it is restored before
   * @throws IllegalArgumentException if no replica has this name
   */
  public CompletableFuture<Void> drain(String server) {
    return cluster.databases().drain(server);
  }

  /**
   * Puts a drained replica back. Of no effect when it isn't drained.
   *
   * @throws IllegalArgumentException if no replica has this name
   */
  public void restore(String server) {
    cluster.databases().restore(server);
  }

  /** What throttles the primary; null with {@code throttle.mode=off}. */
  @Nullable Throttle throttle() {
    return cluster.databases().primary().throttle();
  }

  /** What throttles a server; null if there is none of this name, or with {@code mode=off}. */
  @Nullable Throttle throttle(String server) {
    Database known = cluster.databases().lineup().get(server);
    return known == null ? null : known.throttle();
  }

  private DataSource primary() {
    return cluster.databases().primary().pool();
  }

  /** The primary's. */
  @Override
  public @Nullable PrintWriter getLogWriter() throws SQLException {
    return primary().getLogWriter();
  }

  /** The primary's. */
  @Override
  public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
    primary().setLogWriter(out);
  }

  /** The primary's. */
  @Override
  public void setLoginTimeout(int seconds) throws SQLException {
    primary().setLoginTimeout(seconds);
  }

  /** The primary's. */
  @Override
  public int getLoginTimeout() throws SQLException {
    return primary().getLoginTimeout();
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.inmesh.jdbc");
  }

  /** This, or the primary's pool, or what that one wraps. */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    return type.isInstance(primary()) ? type.cast(primary()) : primary().unwrap(type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    return type.isInstance(this) || type.isInstance(primary()) || primary().isWrapperFor(type);
  }

  /**
   * Removes its meters of replicas, and has it follow the configuration no longer. Connections that
   * are open stay, and the pools are not closed. Closing the mesh does the same.
   */
  @Override
  public void close() {
    cluster.close();
  }

  @Override
  public String toString() {
    return cluster.name() + " over " + cluster.databases();
  }

  /** Builds a {@link MeshDataSource}. Not safe for concurrent use. */
  public static final class Builder {

    private static final Duration LONGEST = Duration.ofDays(30);

    private final Mesh mesh;
    private final String name;
    private final List<Database> replicas = new ArrayList<>();
    private final Set<String> pureFunctions = new LinkedHashSet<>();
    private final Map<String, DataSource> probes = new HashMap<>();
    private final Shards.Collecting shards;
    private @Nullable DataSource primary;
    private ReadRouting readRouting = ReadRouting.READONLY;
    private Duration timeout = Duration.ZERO;
    private Consistency consistency = Consistency.SESSION;
    private Optional<Duration> maxLag = Optional.empty();
    private @Nullable MeterRegistry registry;

    private Builder(Mesh mesh, String name) {
      this.mesh = Objects.requireNonNull(mesh, "mesh");
      this.name = Objects.requireNonNull(name, "name");
      this.shards = new Shards.Collecting(name);
    }

    /**
     * The server that takes every statement.
     *
     * @throws IllegalStateException if there is one already
     */
    public Builder primary(DataSource pool) {
      if (primary != null) {
        throw new IllegalStateException(name + ": primary was set before");
      }
      primary = Objects.requireNonNull(pool, "pool");
      return this;
    }

    /**
     * A server that follows the primary.
     *
     * @param server its name, in messages
     * @throws IllegalArgumentException if a replica has this name already, or it is {@code primary}
     */
    public Builder replica(String server, DataSource pool) {
      return replica(server, pool, 1);
    }

    /**
     * A server that follows the primary.
     *
     * @param server its name, in messages
     * @param weight share of the statements relative to the other replicas, 1 to 65535
     * @throws IllegalArgumentException if a replica has this name already, or it is {@code
     *     primary}, or the weight is outside its range
     */
    public Builder replica(String server, DataSource pool, int weight) {
      Objects.requireNonNull(pool, "pool");
      boolean taken = server.equals(PRIMARY);
      for (Database replica : replicas) {
        taken |= replica.name().equals(server);
      }
      if (taken) {
        throw new IllegalArgumentException(name + ": there is a server " + server + " already");
      }
      replicas.add(new Database(Lineup.entry(server, weight), pool));
      return this;
    }

    /**
     * Another database, which has what some sharding keys stand for: those whose first value is one
     * of these keys; if there are none, a part of what no shard has a key for, which all shards
     * without keys share evenly and always in the same way, by rendezvous hashing of the whole key
     * and the shard's name. {@code mesh.jdbc.<name>.shards} overrules which keys the shards have.
     *
     * @param shard its name, which decides what it has if it has no keys
     * @param database a pool, which is wrapped with the timeout and the meters of this one, or a
     *     {@link MeshDataSource} with replicas and settings of its own
     * @throws IllegalArgumentException if there is a shard of this name, or one with the same key
     */
    public Builder shard(String shard, DataSource database, String... keys) {
      shards.add(shard, Objects.requireNonNull(database, "database"), keys);
      return this;
    }

    /**
     * What may go to replicas; by default {@link ReadRouting#READONLY}. {@code
     * mesh.jdbc.<name>.read-routing} overrules it.
     */
    public Builder readRouting(ReadRouting routing) {
      readRouting = Objects.requireNonNull(routing, "routing");
      return this;
    }

    /**
     * A function that changes nothing, besides those that are known and those of {@code
     * mesh.jdbc.<name>.pure-functions}: {@code fmt_price}, or with its schema {@code
     * app.fmt_price}. Upper and lower case are the same.
     */
    public Builder pureFunction(String function) {
      pureFunctions.add(function);
      return this;
    }

    /**
     * How long a statement may take, from being run, its wait for a connection included, until it
     * answers; so may what else is asked of a connection, and each fetch of a result that is
     * fetched in pieces. To the millisecond. The ambient {@link dev.inmesh.call.Deadline} bounds
     * them whatever is set here. By default, and when zero, nothing else does. {@code
     * mesh.jdbc.<name>.timeout} overrules it.
     *
     * @throws IllegalArgumentException if negative or more than 30 days
     */
    public Builder timeout(Duration statement) {
      if (statement.isNegative() || statement.compareTo(LONGEST) > 0) {
        throw new IllegalArgumentException(
            name + ": timeout " + statement + ": give 0 for none, up to 30 days");
      }
      timeout = statement;
      return this;
    }

    /**
     * Whose writes a read from a replica is sure to see; by default {@link Consistency#SESSION}.
     * {@code mesh.jdbc.<name>.consistency} overrules it.
     */
    public Builder consistency(Consistency whose) {
      consistency = Objects.requireNonNull(whose, "whose");
      return this;
    }

    /**
     * How far behind a replica may be that is read from; by default any. Asked every second in the
     * background; what is asked of the servers then is little. {@code mesh.jdbc.<name>.max-lag}
     * overrules it.
     *
     * @param lag 1 ms to 24 hours; below 1 second, what is found is what was up to a second ago
     * @throws IllegalArgumentException if outside of that
     */
    public Builder maxLag(Duration lag) {
      if (lag.toMillis() < 1 || lag.compareTo(Duration.ofDays(1)) > 0) {
        throw new IllegalArgumentException(name + ": max lag " + lag + ": give 1ms to 24h");
      }
      maxLag = Optional.of(lag);
      return this;
    }

    /**
     * Connections for asking a server how slow its disk is: one is kept open while statements go
     * there. Needed only for a pool that doesn't say where its connections lead; HikariCP's,
     * Tomcat's and DBCP's do, and so do the DataSources of drivers. Best one of the driver's, with
     * a user who may see the statistics.
     *
     * @param server {@code primary}, or the name of a replica
     */
    public Builder probe(String server, DataSource connections) {
      probes.put(
          Objects.requireNonNull(server, "server"),
          Objects.requireNonNull(connections, "connections"));
      return this;
    }

    /**
     * Where the meters of this database go; by default where the mesh's do. Those of replicas as
     * servers of an upstream always go there.
     */
    public Builder meterRegistry(MeterRegistry meterRegistry) {
      registry = Objects.requireNonNull(meterRegistry, "meterRegistry");
      return this;
    }

    private Database watched(Lineup lineup, String server) {
      Database known = lineup.get(server);
      if (known == null) {
        throw new IllegalStateException(
            name + ": probe of " + server + ", which is no server; known are " + lineup);
      }
      return known;
    }

    private MeterRegistry meters() {
      MeterRegistry given = registry;
      return given == null ? mesh.engineHost().meterRegistry() : given;
    }

    private DataSource wrapped(String shard, DataSource database) {
      return database instanceof MeshDataSource
          ? database
          : new Builder(mesh, shard)
              .primary(database)
              .timeout(timeout)
              .meterRegistry(meters())
              .build();
    }

    /**
     * Builds it. No pool is asked for anything.
     *
     * @throws IllegalStateException without a primary, or with a probe of a server that isn't there
     */
    public MeshDataSource build() {
      if (primary == null) {
        throw new IllegalStateException(name + ": no primary");
      }
      Lineup lineup = Lineup.of(new Database(Lineup.entry(PRIMARY, 1), primary), replicas);
      probes.forEach((server, connections) -> watched(lineup, server).watchedOver(connections));
      try {
        return new MeshDataSource(
            mesh,
            new Cluster(
                name,
                mesh.engineHost(),
                Servers.of(lineup),
                new Cluster.Code(
                    readRouting, Set.copyOf(pureFunctions), timeout, consistency, maxLag),
                meters()),
            shards.mapped(this::wrapped));
      } catch (SQLException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
  }
}
