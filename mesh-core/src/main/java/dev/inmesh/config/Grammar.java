package dev.inmesh.config;

import dev.inmesh.server.Server;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * All keys: one row for each, from which parsing, checks, suggestions, environment names, the list
 * of keys and the reference page are made. As long as there are keys: it is one table.
 */
public final class Grammar {

  private static final List<Key<?>> ROWS = new ArrayList<>();

  private static final Duration MILLI = Duration.ofMillis(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final int MEBI = 1 << 20;
  private static final String NONE = OptionalType.NONE;

  static final Key<Boolean> ENABLED =
      global(
          "enabled",
          WordType.booleans(),
          "true",
          "Whether calls go through the mesh; false lets wrapped clients pass everything on"
              + " untouched.");
  static final Key<Optional<String>> ZONE =
      global("zone", optional(new PlaceType(false)), NONE, "The zone in which this process runs.");
  static final Key<Optional<String>> REGION =
      global(
          "region", optional(new PlaceType(false)), NONE, "The region in which this process runs.");
  static final Key<Optional<List<String>>> ALLOWED_NETWORKS =
      global(
          "allowed-networks",
          optional(ListType.of(new NetworkType())),
          NONE,
          "The networks that the mesh may connect to; what lies outside is refused. none allows all.");
  static final Key<Optional<String>> CONFIG_FILE =
      global(
          "config.file",
          optional(filePath()),
          NONE,
          "A file of keys, as java.util.Properties reads it, in UTF-8.");
  static final Key<Duration> CONFIG_REFRESH_INTERVAL =
      global(
          "config.refresh-interval",
          durations(Duration.ofMillis(100), DAY),
          "5s",
          "How often the sources are looked at for changes.");
  static final Key<UnknownKeys> CONFIG_UNKNOWN =
      global(
          "config.unknown",
          words(UnknownKeys.values()),
          "fail",
          "What an unknown key does; warn serves for rolling back to an older version.");
  static final Key<List<String>> DEADLINE_INBOUND_HEADERS =
      global(
          "deadline.inbound-headers",
          ListType.of(new HeaderType()),
          "x-envoy-expected-rq-timeout-ms,grpc-timeout",
          "Headers of an inbound request that say how long its caller waits, for"
              + " Mesh.openInboundDeadline; whole milliseconds, but for grpc-timeout.");
  static final Key<Optional<String>> DEADLINE_OUTBOUND_HEADER =
      global(
          "deadline.outbound-header",
          optional(new SettableHeaderType()),
          NONE,
          "A header in which each attempt tells its server how many milliseconds are left;"
              + " grpc-timeout is written as gRPC writes it.");
  static final Key<Boolean> METRICS_PER_SERVER =
      global(
          "metrics.per-server",
          WordType.booleans(),
          "true",
          "Whether meters carry the server's address.");
  static final Key<Integer> METRICS_MAX_SERVERS =
      global(
          "metrics.max-servers",
          new CountType(0, 10_000),
          "100",
          "Servers of an upstream with meters of their own; the rest share 'other'.");

  static final Key<String> REGISTRY_TYPE =
      row(
          "type",
          Level.REGISTRY,
          TextType.of("type", "[a-z][a-z0-9-]{0,62}", "one like dns"),
          "",
          "What kind of registry it is: "
              + RegistryTypes.shipped()
              + ", or another one on the class path; it brings keys of its own.");

  static final Key<Optional<DatabaseServer>> JDBC_PRIMARY =
      database(
          "primary",
          optional(new DatabaseServerType(false)),
          NONE,
          "The server that takes every statement, for jdbc:mesh:<name>; its driver must be on the"
              + " class path.");
  static final Key<Optional<List<DatabaseServer>>> JDBC_REPLICAS =
      database(
          "replicas",
          optional(new DatabaseServerType.Many()),
          NONE,
          "Servers that follow it, each as a JDBC URL and attributes as in servers, but for region;"
              + " separated by commas.");
  static final Key<Optional<String>> JDBC_USER =
      database(
          "user",
          optional(TextType.of("user", "\\P{Cntrl}{1,256}", "the name to log in with")),
          NONE,
          "Who logs in; none leaves it to the URL.");
  static final Key<Optional<String>> JDBC_PASSWORD =
      database(
          "password",
          optional(new SecretType()),
          NONE,
          "The password of user; none leaves it to the URL.");
  static final Key<ReadMode> JDBC_READ_ROUTING =
      database(
          "read-routing",
          words(ReadMode.values()),
          "readonly",
          "What replicas get: nothing, what is declared read-only, or all that is proven to read.");
  static final Key<BalancerType> JDBC_BALANCER =
      database(
          "balancer",
          words(
              new BalancerType[] {
                BalancerType.ROUND_ROBIN,
                BalancerType.LEAST_CONN,
                BalancerType.LEAST_TIME,
                BalancerType.RANDOM_TWO
              }),
          "least_conn",
          "How the replica is chosen.");
  static final Key<Optional<String>> JDBC_PREFER_ZONE =
      database(
          "prefer-zone",
          optional(new PlaceType(true)),
          NONE,
          "The zone whose replicas are used while they suffice; own is mesh.zone.");
  static final Key<Optional<Duration>> JDBC_TIMEOUT =
      database("timeout", optional(durations(MILLI, DAY)), NONE, "One statement.");
  static final Key<Duration> JDBC_TIMEOUT_CONNECT =
      database(
          "timeout.connect",
          durations(MILLI, DAY),
          "2s",
          "Getting a physical connection: waiting for max-connections, then opening it.");
  static final Key<ConsistencyMode> JDBC_CONSISTENCY =
      database(
          "consistency",
          words(ConsistencyMode.values()),
          "session",
          "Whose writes a read from a replica sees: nobody's, those of its connection, those of the"
              + " whole page.");
  static final Key<Optional<Duration>> JDBC_MAX_LAG =
      database(
          "max-lag",
          optional(durations(MILLI, DAY)),
          NONE,
          "A replica that is further behind isn't read from.");
  static final Key<Optional<Integer>> JDBC_MAX_CONNECTIONS =
      database(
          "max-connections",
          optional(new CountType(1, 10_000)),
          NONE,
          "Physical connections of jdbc:mesh:<name> to each server at most.");
  static final Key<Optional<List<String>>> JDBC_PURE_FUNCTIONS =
      database(
          "pure-functions",
          optional(
              ListType.of(
                  TextType.of(
                      "function",
                      "[\\p{L}_][\\p{L}\\p{N}_$]{0,62}(\\.[\\p{L}_][\\p{L}\\p{N}_$]{0,62})?",
                      "a name, or schema.name"))),
          NONE,
          "Functions of yours that change nothing, so that what calls them may be read from a"
              + " replica.");
  static final Key<Optional<List<DatabaseShard>>> JDBC_SHARDS =
      database(
          "shards",
          optional(new ListType<>(new DatabaseShardType(), DatabaseShard::database)),
          NONE,
          "Databases that have what sharding keys stand for: each for the keys it names"
              + " (keys=a|b), those without share all others.");
  static final Key<Boolean> JDBC_FAILOVER =
      database(
          "failover",
          WordType.booleans(),
          "true",
          "Whether a replica that says it can be written to takes the place of a primary that is"
              + " gone.");
  static final Key<ThrottleMode> JDBC_THROTTLE_MODE =
      database(
          "throttle.mode",
          words(ThrottleMode.values()),
          "observe",
          "Whether statements are held back while the disk of their server is slow, or it is only"
              + " counted and logged what would be.");
  static final Key<DiskSource> JDBC_THROTTLE_SIGNAL =
      database(
          "throttle.signal",
          words(DiskSource.values()),
          "auto",
          "Where it is read how slow the disk is; auto finds out what the server has.");
  static final Key<Optional<String>> JDBC_THROTTLE_SQL =
      database(
          "throttle.signal.sql",
          optional(TextType.of("statement", "\\P{Cntrl}{1,4096}", "one statement on one line")),
          NONE,
          "For throttle.signal=sql: a statement that answers with one number, the milliseconds that"
              + " an operation of the disk takes.");
  static final Key<Optional<String>> JDBC_THROTTLE_FILE =
      database(
          "throttle.signal.file",
          optional(filePath()),
          NONE,
          "For throttle.signal=file: a file that holds that number.");
  static final Key<Optional<String>> JDBC_THROTTLE_URL =
      database(
          "throttle.signal.url",
          optional(
              TextType.of(
                  "URL", "https?://[\\x21-\\x7e]{1,2040}", "one like http://db1:9100/metrics")),
          NONE,
          "For throttle.signal=url: what answers with that number; for prometheus: the metrics of a"
              + " node exporter.");
  static final Key<Optional<String>> JDBC_THROTTLE_DEVICE =
      database(
          "throttle.signal.device",
          optional(TextType.of("device", "[A-Za-z0-9_!.-]{1,64}", "a name as in /proc/diskstats")),
          NONE,
          "The block device that host and prometheus look at; none for the busiest.");
  static final Key<Duration> JDBC_THROTTLE_MAX_WAIT =
      database(
          "throttle.max-wait",
          durations(Duration.ZERO, Duration.ofMinutes(1)),
          "250ms",
          "How long a statement that is held back waits for its turn, and is refused then.");
  static final Key<Integer> JDBC_THROTTLE_MIN_PERMITS =
      database(
          "throttle.min-permits",
          new CountType(1, 1000),
          "1",
          "Statements at a time that this process may always have on each server.");
  static final Key<Optional<Integer>> JDBC_THROTTLE_MAX_PERMITS =
      database(
          "throttle.max-permits",
          optional(new CountType(1, 10_000)),
          NONE,
          "Statements at a time that this process has at most on each server while it throttles.");
  static final Key<StatementClass> JDBC_THROTTLE_CLASS =
      database(
          "throttle.class",
          words(StatementClass.values()),
          "interactive",
          "The class of statements for which neither a hint nor a QueryClass names one.");

  static final Key<List<Server>> SERVERS =
      row(
          "servers",
          Level.ONE_UPSTREAM,
          ServerType.list(),
          "",
          "The servers, each as host:port and attributes, separated by commas.");
  static final Key<Optional<String>> DISCOVERY =
      upstream(
          "discovery",
          optional(TextType.of("id", "[a-z][a-z0-9-]{0,62}", "the id of a mesh.discovery.<id>")),
          NONE,
          "The registry that lists the servers; not beside servers.");
  static final Key<Optional<String>> DISCOVERY_SERVICE =
      row(
          "discovery.service",
          Level.ONE_UPSTREAM,
          optional(TextType.of("service", "[!-~]{1,512}", "what the registry knows it by")),
          NONE,
          "What the registry knows the upstream by; none is the upstream's name.");
  static final Key<Duration> DISCOVERY_START_TIMEOUT =
      upstream(
          "discovery.start-timeout",
          durations(Duration.ZERO, DAY),
          "2s",
          "How long the start of the mesh waits for the first list.");
  static final Key<Optional<Duration>> DISCOVERY_MAX_STALE =
      upstream(
          "discovery.max-stale",
          optional(durations(MILLI, Duration.ofDays(365))),
          NONE,
          "How long the last list is used while the registry is away; none is for ever.");
  static final Key<Optional<Integer>> DISCOVERY_SUBSET =
      upstream(
          "discovery.subset",
          optional(new CountType(1, 1_000_000)),
          NONE,
          "So many servers of the list are used, others in each process; none is all.");
  static final Key<Optional<List<String>>> HOSTS =
      row(
          "hosts",
          Level.ONE_UPSTREAM,
          optional(ListType.of(new HostType(true))),
          NONE,
          "Further hosts in URLs that mean this upstream.");
  static final Key<Integer> KEEPALIVE =
      upstream(
          "keepalive",
          new CountType(0, 65_535),
          "32",
          "Idle connections kept, at most, by OkHttp.");
  static final Key<Optional<String>> HOST_HEADER =
      upstream(
          "host-header",
          optional(new HostType(true)),
          NONE,
          "The Host header to send; none sends it as called. The JDK's client can't: MESH-D01.");
  static final Key<Optional<String>> TLS_NAME =
      upstream(
          "tls-name",
          optional(new HostType(false)),
          NONE,
          "The name for SNI and certificate checks; none uses the host as called. The JDK's client "
              + "can't: MESH-D01.");

  static final Key<Optional<String>> HEALTH_CHECK_PATH =
      upstream(
          "health-check.path",
          optional(
              TextType.of(
                  "URL path",
                  "/(?:[A-Za-z0-9._~!$&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2}){0,1023}",
                  "one that begins with '/', like /healthz")),
          NONE,
          "What each server is asked for by GET, again and again; none makes no health checks.");
  static final Key<Duration> HEALTH_CHECK_INTERVAL =
      upstream(
          "health-check.interval",
          durations(Duration.ofMillis(100), DAY),
          "10s",
          "How often each server is asked, give or take 10%.");
  static final Key<Duration> HEALTH_CHECK_TIMEOUT =
      upstream(
          "health-check.timeout",
          durations(MILLI, DAY),
          "1s",
          "One health check, from the look-up of the name to the last header; at most"
              + " health-check.interval.");
  static final Key<Integer> HEALTH_CHECK_HEALTHY_THRESHOLD =
      upstream(
          "health-check.healthy-threshold",
          new CountType(1, 100),
          "2",
          "Good health checks in a row that bring a server back.");
  static final Key<Integer> HEALTH_CHECK_UNHEALTHY_THRESHOLD =
      upstream(
          "health-check.unhealthy-threshold",
          new CountType(1, 100),
          "3",
          "Failed health checks in a row that take a server out.");

  static final Key<RouteMatch> MATCH =
      row(
          "match",
          Level.ONE_ROUTE,
          new RouteMatchType(),
          "",
          "The calls that belong to the route: a method or *, a path, with * at its end a prefix.");
  static final Key<BalancerType> BALANCER =
      route("balancer", words(BalancerType.values()), "least_conn", "How the server is chosen.");
  static final Key<HashKey> HASH_KEY =
      route(
          "hash.key",
          new HashKeyType(),
          "path",
          "What balancer=hash goes by: the path, a request header or a query parameter.");

  static final Key<Duration> TIMEOUT =
      route(
          "timeout",
          durations(MILLI, DAY),
          "15s",
          "The whole call: retries, body and fallback included.");
  static final Key<Duration> TIMEOUT_CONNECT =
      route(
          "timeout.connect",
          durations(MILLI, DAY),
          "1s",
          "Making a connection, TCP and TLS each; at most timeout.");
  static final Key<Optional<Duration>> TIMEOUT_READ =
      route(
          "timeout.read",
          optional(durations(MILLI, DAY)),
          NONE,
          "Between two reads; none leaves the client's own; at most timeout.");
  static final Key<Optional<Duration>> TIMEOUT_ATTEMPT =
      route(
          "timeout.attempt",
          optional(durations(MILLI, DAY)),
          NONE,
          "One attempt, its body included; at most timeout.");

  static final Key<Set<RetryCondition>> RETRY_ON =
      route(
          "retry.on",
          new RetryOnType(),
          "connect,error,http_503",
          "What is tried again: " + RetryOnType.words() + "; off is nothing.");
  static final Key<Integer> RETRY_TRIES =
      route(
          "retry.tries",
          new CountType(1, 100),
          "2",
          "Attempts of a call in total, the first one included, as nginx counts.");
  static final Key<Duration> RETRY_BACKOFF =
      route(
          "retry.backoff", durations(Duration.ZERO, DAY), "0ms", "Wait before a further attempt.");
  static final Key<HedgeAfter> HEDGE_AFTER =
      route(
          "hedge.after",
          new HedgeAfterType(durations(MILLI, DAY)),
          "off",
          "When a call that has no answer yet is tried on another server as well; p95 follows the"
              + " upstream's own latencies.");
  static final Key<Integer> HEDGE_TRIES =
      route("hedge.tries", new CountType(1, 10), "1", "Hedges of a call at most.");
  static final Key<Double> BUDGET =
      route(
          "budget",
          new PercentType(0, 100),
          "10%",
          "Further attempts as a share of first attempts, at most; five to start with.");
  static final Key<Double> BUDGET_MIN =
      route(
          "budget.min",
          new DecimalType(0, 10_000),
          "0.2",
          "Further attempts per second that are allowed where that is more than their share.");
  static final Key<Optional<Integer>> MAX_REQUESTS =
      route(
          "max-requests",
          new OptionalType<>(new CountType(1, 1_000_000), "adaptive"),
          "1024",
          "Calls in flight at most; adaptive finds out for each server how many attempts it takes.");

  static final Key<Boolean> BREAKER_ENABLED =
      route("breaker.enabled", WordType.booleans(), "true", "Whether there is a breaker.");
  static final Key<Double> BREAKER_FAILURE_RATE =
      route(
          "breaker.failure-rate",
          new PercentType(1, 100),
          "50%",
          "Share of failed calls in the window that opens the breaker.");
  static final Key<Integer> BREAKER_WINDOW =
      route(
          "breaker.window",
          new CountType(1, 10_000),
          "20",
          "Calls, counted after their retries, over which the breaker judges.");
  static final Key<Duration> BREAKER_OPEN_DURATION =
      route(
          "breaker.open-duration",
          durations(MILLI, DAY),
          "1s",
          "How long an open breaker lets no call pass.");
  static final Key<Integer> BREAKER_HALF_OPEN_CALLS =
      route(
          "breaker.half-open-calls",
          new CountType(1, 10_000),
          "3",
          "Calls that then decide; at most breaker.window.");

  static final Key<Integer> OUTLIER_CONSECUTIVE_FAILURES =
      route(
          "outlier.consecutive-failures",
          new CountType(1, 10_000),
          "5",
          "Failures in a row that eject a server.");
  static final Key<Duration> OUTLIER_INTERVAL =
      route(
          "outlier.interval",
          durations(MILLI, DAY),
          "1s",
          "How often servers are compared; a clean interval makes a server's next ejection one step"
              + " shorter.");
  static final Key<Duration> OUTLIER_BASE_EJECTION_TIME =
      route(
          "outlier.base-ejection-time",
          durations(MILLI, DAY),
          "2s",
          "The first ejection; at most outlier.max-ejection-time.");
  static final Key<Duration> OUTLIER_MAX_EJECTION_TIME =
      route("outlier.max-ejection-time", durations(MILLI, DAY), "10s", "The longest ejection.");
  static final Key<Double> OUTLIER_MAX_EJECTION_PERCENT =
      route(
          "outlier.max-ejection-percent",
          new PercentType(0, 100),
          "50%",
          "Share of the servers that may be out on evidence that a request could have caused.");
  static final Key<Double> OUTLIER_SUCCESS_RATE_GAP =
      route(
          "outlier.success-rate-gap",
          new PercentType(1, 100),
          "5%",
          "How far below the others' median a success rate must be to eject; at 100% none is.");
  static final Key<Double> OUTLIER_LATENCY_FACTOR =
      route(
          "outlier.latency-factor",
          new DecimalType(1, 10_000),
          "2.5",
          "How many times the servers' median a 90th percentile must be to cost weight, and then"
              + " eject.");
  static final Key<OutlierMode> OUTLIER_MODE =
      route(
          "outlier.mode",
          words(OutlierMode.values()),
          "enforce",
          "Whether servers are ejected; observe only counts and logs what enforce would do.");

  static final Key<Duration> SLOW_START =
      route(
          "slow-start",
          durations(Duration.ZERO, DAY),
          "0s",
          "How long the weight of a server that joins or comes back grows to its full value.");

  static final Key<Optional<List<String>>> REGION_FENCE =
      route(
          "region-fence",
          optional(ListType.of(new PlaceType(true))),
          NONE,
          "Regions whose servers may be used; a server elsewhere, or without a region, never is;"
              + " own is mesh.region.");
  static final Key<Optional<String>> PREFER_ZONE =
      route(
          "prefer-zone",
          optional(new PlaceType(true)),
          NONE,
          "The zone to stay in while its servers suffice; own is mesh.zone.");
  static final Key<List<Integer>> FAILURE_STATUSES =
      route(
          "failure.statuses",
          ListType.of(new CountType(100, 599)),
          "500,502,503,504",
          "HTTP statuses that are the server's fault.");

  static final Key<FallbackMode> FALLBACK =
      route(
          "fallback",
          WordType.of(FallbackMode.values(), FallbackMode::word),
          "none",
          "What the caller gets instead of a failed call: the last good answer, a default one.");
  static final Key<Integer> FALLBACK_STATUS =
      route("fallback.status", new CountType(200, 599), "200", "Status of the default answer.");
  static final Key<String> FALLBACK_CONTENT_TYPE =
      route(
          "fallback.content-type",
          TextType.of(
              "content type",
              "[!-~&&[^/;,]]{1,127}/[!-~&&[^/;,]]{1,127}(?: *;[ -~]{0,255})?",
              "one like text/plain or application/json; charset=utf-8"),
          "text/plain",
          "Content type of the default answer.");
  static final Key<Body> FALLBACK_BODY =
      route("fallback.body", new BodyType(), "", "Body of the default answer, sent in UTF-8.");
  static final Key<Optional<String>> FALLBACK_BODY_FILE =
      route(
          "fallback.body-file",
          optional(filePath()),
          NONE,
          "A file with the body of the default answer, up to 16m; not beside fallback.body.");
  static final Key<Duration> FALLBACK_MAX_STALE =
      route(
          "fallback.max-stale",
          durations(MILLI, Duration.ofDays(365)),
          "1h",
          "Age up to which a last good answer is served.");
  static final Key<Optional<List<String>>> FALLBACK_VARY =
      route(
          "fallback.vary",
          optional(ListType.of(new HeaderType())),
          NONE,
          "Request headers that a last good answer depends on.");
  static final Key<Long> FALLBACK_MAX_BYTES =
      route(
          "fallback.max-bytes",
          new SizeType(1024, 64L << 30),
          "16m",
          "All last good answers of the upstream together.");

  /** A body file may be this long, in bytes. */
  static final int LONGEST_BODY_FILE = 16 * MEBI;

  private Grammar() {}

  /** All keys, aligned, one per line, with type, default, range and meaning. */
  public static String listKeys() {
    return KeyList.text();
  }

  /** The page docs/configuration.md, in Markdown. */
  public static String referencePage() {
    return ReferencePage.text();
  }

  static List<Key<?>> keys() {
    return Collections.unmodifiableList(ROWS);
  }

  static Optional<Key<?>> key(Scope.Kind kind, String name) {
    for (Key<?> key : ROWS) {
      if (key.name().equals(name) && key.level().allows(kind)) {
        return Optional.of(key);
      }
    }
    return Optional.empty();
  }

  private static <T> Key<T> global(String name, ValueType<T> type, String builtIn, String doc) {
    return row(name, Level.GLOBAL, type, builtIn, doc);
  }

  private static <T> Key<T> database(String name, ValueType<T> type, String builtIn, String doc) {
    return row(name, Level.DATABASE, type, builtIn, doc);
  }

  private static <T> Key<T> upstream(String name, ValueType<T> type, String builtIn, String doc) {
    return row(name, Level.UPSTREAM, type, builtIn, doc);
  }

  private static <T> Key<T> route(String name, ValueType<T> type, String builtIn, String doc) {
    return row(name, Level.ROUTE, type, builtIn, doc);
  }

  private static <T> Key<T> row(
      String name, Level level, ValueType<T> type, String builtIn, String doc) {
    Key<T> key = new Key<>(name, level, type, builtIn, doc);
    ROWS.add(key);
    return key;
  }

  private static DurationType durations(Duration min, Duration max) {
    return new DurationType(min, max);
  }

  private static <T> OptionalType<T> optional(ValueType<T> type) {
    return new OptionalType<>(type, NONE);
  }

  private static <E extends Enum<E>> WordType<E> words(E[] constants) {
    return WordType.of(constants, constant -> constant.name().toLowerCase(Locale.ROOT));
  }

  private static TextType filePath() {
    return TextType.of("path", "\\P{Cntrl}{1,4096}", "the path of a file");
  }
}
