package dev.inmesh.config;

import dev.inmesh.config.UpstreamSettings.Breaker;
import dev.inmesh.config.UpstreamSettings.Budget;
import dev.inmesh.config.UpstreamSettings.FallbackSettings;
import dev.inmesh.config.UpstreamSettings.HealthCheck;
import dev.inmesh.config.UpstreamSettings.Hedge;
import dev.inmesh.config.UpstreamSettings.Locality;
import dev.inmesh.config.UpstreamSettings.Outlier;
import dev.inmesh.config.UpstreamSettings.Retry;
import dev.inmesh.config.UpstreamSettings.Timeouts;
import dev.inmesh.server.Server;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The effective settings of one database. Immutable.
 *
 * @param name the database's name
 * @param primary the server that takes every statement; empty when code has it
 * @param replicas servers that follow it, no name twice
 * @param user to log in with; empty leaves it to the URL
 * @param password to log in with; empty leaves it to the URL
 * @param readRouting what replicas may get; empty leaves it to code
 * @param balancer how a replica is chosen
 * @param preferZone the zone whose replicas are used while they suffice; empty for none
 * @param timeout of a statement; empty leaves it to code
 * @param connectTimeout of getting a physical connection
 * @param consistency whose writes reads must see; empty leaves it to code
 * @param maxLag how far behind a replica may be that is read from; empty leaves it to code
 * @param maxConnections physical connections to each server at most; empty for any number
 * @param pureFunctions functions that change nothing, beside those that are known
 * @param shards other databases that have what sharding keys stand for; empty leaves it to code
 * @param failover whether a server that says it is the primary now becomes it
 * @param throttle how statements are held back while the disk is slow
 */
public record DatabaseSettings(
    String name,
    Optional<DatabaseServer> primary,
    List<DatabaseServer> replicas,
    Optional<String> user,
    Optional<Secret> password,
    Optional<ReadMode> readRouting,
    BalancerType balancer,
    String preferZone,
    Optional<Duration> timeout,
    Duration connectTimeout,
    Optional<ConsistencyMode> consistency,
    Optional<Duration> maxLag,
    Optional<Integer> maxConnections,
    Set<String> pureFunctions,
    List<DatabaseShard> shards,
    boolean failover,
    ThrottleSettings throttle) {

  private static final Duration DAY = Duration.ofDays(1);

  /** What holds for a database of which no key says anything. */
  public static DatabaseSettings of(String name) {
    return new DatabaseAssembly(new Resolution(), new Problems()).database(name);
  }

  /**
   * Its servers as an upstream. The statement's driver, not the engine, sees to time, and where no
   * replica can be chosen there is the primary: nothing is refused, and all replicas may be out.
   */
  public UpstreamSettings upstream(List<Server> servers) {
    return new UpstreamSettings(
        "jdbc." + name,
        "",
        Optional.empty(),
        servers,
        Optional.empty(),
        Set.of(),
        0,
        "",
        "",
        new HealthCheck(Optional.empty(), DAY, DAY, 1, 1),
        balancer,
        new HashKey(HashKey.Kind.PATH, ""),
        new Timeouts(DAY, DAY, false, Optional.empty(), Optional.empty()),
        new Retry(Set.of(), 1, Duration.ZERO),
        new Hedge(new HedgeAfter(false, Optional.empty()), 1),
        new Budget(0, 0),
        Integer.MAX_VALUE,
        false,
        new Breaker(false, 1, 1, DAY, 1),
        new Outlier(
            OutlierMode.ENFORCE,
            3,
            Duration.ofSeconds(1),
            Duration.ofSeconds(2),
            Duration.ofSeconds(10),
            1,
            0.05,
            2.5),
        Duration.ZERO,
        new Locality(Set.of(), preferZone),
        Set.of(),
        new FallbackSettings(
            false, false, 200, "text/plain", Body.of(new byte[0]), DAY, List.of(), 1024),
        List.of());
  }
}
