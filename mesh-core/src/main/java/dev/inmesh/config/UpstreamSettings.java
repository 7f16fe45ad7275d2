package dev.inmesh.config;

import dev.inmesh.server.Server;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The effective settings of one upstream, or of one route of it. Immutable.
 *
 * <p>Ranges and defaults are those of the grammar ({@link Grammar}), which is where these come
 * from; the records below don't check them a second time.
 *
 * @param name the upstream's name
 * @param route the route's name, empty for the upstream itself
 * @param match which calls belong to the route; empty for the upstream itself
 * @param servers the servers, no address twice; empty while a registry has not listed them
 * @param discovery the registry that lists them; empty when the configuration does
 * @param hosts further host names, or {@code host:port}, that mean this upstream; lower case
 * @param keepalive idle connections kept, at most
 * @param hostHeader the Host header to send; empty sends it as called
 * @param tlsName the name for SNI and certificate checks; empty uses the host as called
 * @param hashKey what {@code balancer=hash} goes by
 * @param slowStart how long a weight grows; zero for at once
 * @param maxRequests calls in flight at most; {@link Integer#MAX_VALUE} when it is adaptive
 * @param adaptiveLimit whether the attempts on each server are limited to what it proves to take
 * @param failureStatuses HTTP statuses that are the server's fault
 * @param routes the routes in the order of their names; empty inside a route
 */
public record UpstreamSettings(
    String name,
    String route,
    Optional<RouteMatch> match,
    List<Server> servers,
    Optional<Discovery> discovery,
    Set<String> hosts,
    int keepalive,
    String hostHeader,
    String tlsName,
    HealthCheck healthCheck,
    BalancerType balancer,
    HashKey hashKey,
    Timeouts timeouts,
    Retry retry,
    Hedge hedge,
    Budget budget,
    int maxRequests,
    boolean adaptiveLimit,
    Breaker breaker,
    Outlier outlier,
    Duration slowStart,
    Locality locality,
    Set<Integer> failureStatuses,
    FallbackSettings fallback,
    List<UpstreamSettings> routes) {

  /** {@code inventory}, or {@code inventory/stock} for a route: the name in messages. */
  public String displayName() {
    return route.isEmpty() ? name : name + "/" + route;
  }

  /** The same with other servers, in the routes too. */
  public UpstreamSettings withServers(List<Server> listed) {
    return new UpstreamSettings(
        name,
        route,
        match,
        listed,
        discovery,
        hosts,
        keepalive,
        hostHeader,
        tlsName,
        healthCheck,
        balancer,
        hashKey,
        timeouts,
        retry,
        hedge,
        budget,
        maxRequests,
        adaptiveLimit,
        breaker,
        outlier,
        slowStart,
        locality,
        failureStatuses,
        fallback,
        routes.stream().map(r -> r.withServers(listed)).toList());
  }

  /**
   * Where the servers come from.
   *
   * @param registry its id
   * @param service what it knows the upstream by
   * @param startTimeout how long the start of the mesh waits for the first list
   * @param maxStale how long the last list is used while the registry is away; empty for ever
   * @param subset so many servers of the list are used; empty for all
   */
  public record Discovery(
      String registry,
      String service,
      Duration startTimeout,
      Optional<Duration> maxStale,
      Optional<Integer> subset) {}

  /**
   * What servers are asked, and what the answers come to.
   *
   * @param path what is asked for; empty for no checks
   * @param interval how often each server is asked
   * @param timeout of one check; at most the interval
   * @param healthyThreshold good checks in a row that bring a server back
   * @param unhealthyThreshold failed ones in a row that take it out
   */
  public record HealthCheck(
      Optional<String> path,
      Duration interval,
      Duration timeout,
      int healthyThreshold,
      int unhealthyThreshold) {}

  /**
   * How long a call and its parts may take.
   *
   * @param call the whole call, retries, body and fallback included
   * @param connect establishing a connection (TCP and TLS each)
   * @param connectSet whether the key was set: a set key overrules the client's own timeout, the
   *     built-in one only shortens it
   * @param read between two reads; empty leaves the client's own
   * @param attempt one attempt, its body included; empty for none
   */
  public record Timeouts(
      Duration call,
      Duration connect,
      boolean connectSet,
      Optional<Duration> read,
      Optional<Duration> attempt) {}

  /**
   * What is tried again, and how often.
   *
   * @param on the conditions; empty is {@code off}
   * @param tries attempts of a call, the first one included
   * @param backoff wait before each further attempt
   */
  public record Retry(Set<RetryCondition> on, int tries, Duration backoff) {}

  /**
   * When a second attempt is made beside the first.
   *
   * @param after how long after the start of the last attempt
   * @param tries hedges of a call at most
   */
  public record Hedge(HedgeAfter after, int tries) {}

  /**
   * How many extra attempts the upstream allows, all together.
   *
   * @param ratio extra attempts as a share of first attempts, 0 to 1
   * @param minPerSecond extra attempts that are always allowed
   */
  public record Budget(double ratio, double minPerSecond) {}

  /**
   * When the upstream as a whole counts as down.
   *
   * @param failureRate share of failed calls in the window that opens the breaker, above 0 to 1
   * @param window calls
   * @param openDuration how long no call passes
   * @param halfOpenCalls calls that then decide
   */
  public record Breaker(
      boolean enabled, double failureRate, int window, Duration openDuration, int halfOpenCalls) {}

  /**
   * When a server is ejected, and for how long.
   *
   * @param mode whether that is done, only counted, or not looked at
   * @param consecutiveFailures failures in a row that eject
   * @param interval how often servers are compared; a clean one shortens the next ejection by one
   *     step
   * @param baseEjectionTime the first ejection
   * @param maxEjectionTime the longest
   * @param maxEjectionRatio share of the servers that may be out on evidence a request could have
   *     caused, 0 to 1
   * @param successRateGap how much lower than the others' median a success rate must be, above 0 to
   *     1; at 1 none is
   * @param latencyFactor how many times the servers' median a 90th percentile must be
   */
  public record Outlier(
      OutlierMode mode,
      int consecutiveFailures,
      Duration interval,
      Duration baseEjectionTime,
      Duration maxEjectionTime,
      double maxEjectionRatio,
      double successRateGap,
      double latencyFactor) {}

  /**
   * Which places the servers may and should be in.
   *
   * @param regionFence regions whose servers may be used; empty is no fence
   * @param preferZone the zone to stay in while it suffices; empty for none
   */
  public record Locality(Set<String> regionFence, String preferZone) {}

  /**
   * What the caller gets instead of a failed call.
   *
   * @param stale whether the last good answer is served
   * @param byDefault whether the configured answer is served
   * @param status of the default answer
   * @param contentType of the default answer
   * @param body of the default answer, from {@code fallback.body} or {@code fallback.body-file}
   * @param maxStale age up to which a last good answer is served
   * @param vary request headers that are part of the key of a last good answer; lower case
   * @param maxBytes of all last good answers of the upstream together
   */
  public record FallbackSettings(
      boolean stale,
      boolean byDefault,
      int status,
      String contentType,
      Body body,
      Duration maxStale,
      List<String> vary,
      long maxBytes) {}
}
