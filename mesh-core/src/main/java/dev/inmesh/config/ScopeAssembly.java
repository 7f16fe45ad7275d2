package dev.inmesh.config;

import dev.inmesh.config.Resolution.Written;
import dev.inmesh.config.UpstreamSettings.Breaker;
import dev.inmesh.config.UpstreamSettings.Budget;
import dev.inmesh.config.UpstreamSettings.Discovery;
import dev.inmesh.config.UpstreamSettings.FallbackSettings;
import dev.inmesh.config.UpstreamSettings.HealthCheck;
import dev.inmesh.config.UpstreamSettings.Hedge;
import dev.inmesh.config.UpstreamSettings.Locality;
import dev.inmesh.config.UpstreamSettings.Outlier;
import dev.inmesh.config.UpstreamSettings.Retry;
import dev.inmesh.config.UpstreamSettings.Timeouts;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Makes the settings of one upstream or route, and checks what its keys say together.
 *
 * <p>Where two values bound each other, a written one above its bound is a contradiction, while a
 * built-in one gives way: one key alone is always a complete setting of a bound.
 */
final class ScopeAssembly {

  private static final Set<Integer> WITHOUT_BODY = Set.of(204, 205, 304);

  private final Scope scope;
  private final Resolution keys;
  private final FileWatch files;
  private final Problems problems;

  ScopeAssembly(Scope scope, Resolution keys, FileWatch files, Problems problems) {
    this.scope = scope;
    this.keys = keys;
    this.files = files;
    this.problems = problems;
  }

  UpstreamSettings settings(List<UpstreamSettings> routes) {
    return new UpstreamSettings(
        scope.upstream(),
        scope.route(),
        match(),
        keys.find(scope, Grammar.SERVERS).orElse(List.of()),
        discovery(),
        sorted(value(Grammar.HOSTS).orElse(List.of())),
        value(Grammar.KEEPALIVE),
        value(Grammar.HOST_HEADER).orElse(""),
        value(Grammar.TLS_NAME).orElse(""),
        healthCheck(),
        value(Grammar.BALANCER),
        value(Grammar.HASH_KEY),
        timeouts(),
        new Retry(
            value(Grammar.RETRY_ON), value(Grammar.RETRY_TRIES), value(Grammar.RETRY_BACKOFF)),
        new Hedge(value(Grammar.HEDGE_AFTER), value(Grammar.HEDGE_TRIES)),
        new Budget(value(Grammar.BUDGET), value(Grammar.BUDGET_MIN)),
        value(Grammar.MAX_REQUESTS).orElse(Integer.MAX_VALUE),
        value(Grammar.MAX_REQUESTS).isEmpty(),
        breaker(),
        outlier(),
        value(Grammar.SLOW_START),
        locality(),
        sorted(value(Grammar.FAILURE_STATUSES)),
        fallback(),
        routes);
  }

  private <T> T value(Key<T> key) {
    return keys.value(scope, key);
  }

  /** Servers that are written take back what the defaults say of a registry. */
  private Optional<Discovery> discovery() {
    Optional<String> registry = value(Grammar.DISCOVERY);
    if (registry.isEmpty()) {
      return Optional.empty();
    }
    if (keys.written(scope, Grammar.SERVERS).isPresent()) {
      Written written = keys.written(scope, Grammar.DISCOVERY).orElseThrow();
      if (written.name().scope().kind() != Scope.Kind.DEFAULTS) {
        problems.add(
            written.setting(),
            ProblemCode.CONTRADICTION,
            Echo.quoted(registry.get()) + " stands beside servers; remove one of the two");
      }
      return Optional.empty();
    }
    return Optional.of(
        new Discovery(
            registry.get(),
            value(Grammar.DISCOVERY_SERVICE).orElse(scope.upstream()),
            value(Grammar.DISCOVERY_START_TIMEOUT),
            value(Grammar.DISCOVERY_MAX_STALE),
            value(Grammar.DISCOVERY_SUBSET)));
  }

  private Optional<RouteMatch> match() {
    if (scope.kind() == Scope.Kind.ROUTE && keys.written(scope, Grammar.MATCH).isEmpty()) {
      String key = scope.key(Grammar.MATCH.name());
      problems.add(
          anySetting(),
          ProblemCode.MISSING,
          "route '" + scope.route() + "' matches nothing; set " + key + ", like 'GET /v1/stock/*'");
    }
    return keys.find(scope, Grammar.MATCH);
  }

  private Setting anySetting() {
    return keys.all().stream()
        .filter(written -> written.name().scope().equals(scope))
        .findFirst()
        .orElseThrow()
        .setting();
  }

  private Timeouts timeouts() {
    Duration call = value(Grammar.TIMEOUT);
    return new Timeouts(
        call,
        least(value(Grammar.TIMEOUT_CONNECT), call),
        keys.written(scope, Grammar.TIMEOUT_CONNECT).isPresent(),
        value(Grammar.TIMEOUT_READ).map(read -> least(read, call)),
        value(Grammar.TIMEOUT_ATTEMPT).map(attempt -> least(attempt, call)));
  }

  private HealthCheck healthCheck() {
    Duration interval = value(Grammar.HEALTH_CHECK_INTERVAL);
    return new HealthCheck(
        value(Grammar.HEALTH_CHECK_PATH),
        interval,
        least(value(Grammar.HEALTH_CHECK_TIMEOUT), interval),
        value(Grammar.HEALTH_CHECK_HEALTHY_THRESHOLD),
        value(Grammar.HEALTH_CHECK_UNHEALTHY_THRESHOLD));
  }

  private Breaker breaker() {
    int window = value(Grammar.BREAKER_WINDOW);
    return new Breaker(
        value(Grammar.BREAKER_ENABLED),
        value(Grammar.BREAKER_FAILURE_RATE),
        window,
        value(Grammar.BREAKER_OPEN_DURATION),
        bounded(Grammar.BREAKER_HALF_OPEN_CALLS, Grammar.BREAKER_WINDOW));
  }

  private Outlier outlier() {
    return new Outlier(
        value(Grammar.OUTLIER_MODE),
        value(Grammar.OUTLIER_CONSECUTIVE_FAILURES),
        value(Grammar.OUTLIER_INTERVAL),
        bounded(Grammar.OUTLIER_BASE_EJECTION_TIME, Grammar.OUTLIER_MAX_EJECTION_TIME),
        value(Grammar.OUTLIER_MAX_EJECTION_TIME),
        value(Grammar.OUTLIER_MAX_EJECTION_PERCENT),
        value(Grammar.OUTLIER_SUCCESS_RATE_GAP),
        value(Grammar.OUTLIER_LATENCY_FACTOR));
  }

  private <T extends Comparable<T>> T bounded(Key<T> key, Key<T> bound) {
    T value = value(key);
    T most = value(bound);
    if (value.compareTo(most) <= 0) {
      return value;
    }
    Optional<T> valid = keys.find(scope, key);
    boolean boundIsKnown =
        keys.written(scope, bound).isEmpty() || keys.find(scope, bound).isPresent();
    if (valid.isPresent() && boundIsKnown) {
      String mostText =
          keys.written(scope, bound).map(w -> w.setting().value()).orElse(bound.defaultText());
      Setting setting = keys.written(scope, key).orElseThrow().setting();
      problems.add(
          setting,
          ProblemCode.CONTRADICTION,
          Echo.quoted(setting.value())
              + " is above "
              + bound.name()
              + "="
              + Echo.value(mostText)
              + "; lower the one or raise the other");
    }
    return most;
  }

  private Locality locality() {
    Set<String> fence = new TreeSet<>();
    for (String region : value(Grammar.REGION_FENCE).orElse(List.of())) {
      fence.add(place(region, Grammar.REGION_FENCE, Grammar.REGION));
    }
    String zone = value(Grammar.PREFER_ZONE).orElse("");
    return new Locality(
        Collections.unmodifiableSet(fence), place(zone, Grammar.PREFER_ZONE, Grammar.ZONE));
  }

  private String place(String name, Key<?> key, Key<Optional<String>> own) {
    if (!name.equals(PlaceType.OWN)) {
      return name;
    }
    if (keys.value(Scope.GLOBAL, own).isEmpty()) {
      problems.add(
          keys.written(scope, key).orElseThrow().setting(),
          ProblemCode.MISSING,
          "'own' needs "
              + Scope.GLOBAL.key(own.name())
              + ", which is not set; set it, or name the "
              + own.name());
    }
    return keys.value(Scope.GLOBAL, own).orElse("");
  }

  private FallbackSettings fallback() {
    FallbackMode mode = value(Grammar.FALLBACK);
    int status = value(Grammar.FALLBACK_STATUS);
    Body body = body();
    if (WITHOUT_BODY.contains(status) && body.size() > 0) {
      problems.add(
          keys.written(scope, Grammar.FALLBACK_STATUS).orElseThrow().setting(),
          ProblemCode.CONTRADICTION,
          "'" + status + "' allows no body, but one is set; remove it or choose another status");
    }
    return new FallbackSettings(
        mode.stale(),
        mode.byDefault(),
        status,
        value(Grammar.FALLBACK_CONTENT_TYPE),
        body,
        value(Grammar.FALLBACK_MAX_STALE),
        value(Grammar.FALLBACK_VARY).orElse(List.of()),
        value(Grammar.FALLBACK_MAX_BYTES));
  }

  /** The body from its own key or from a file, whichever is written at the more specific level. */
  private Body body() {
    Optional<String> path = value(Grammar.FALLBACK_BODY_FILE);
    Optional<Written> text = keys.written(scope, Grammar.FALLBACK_BODY);
    if (path.isEmpty()) {
      return value(Grammar.FALLBACK_BODY);
    }
    Written file = keys.written(scope, Grammar.FALLBACK_BODY_FILE).orElseThrow();
    if (text.isPresent()) {
      int order = text.get().name().scope().kind().compareTo(file.name().scope().kind());
      if (order > 0) {
        return value(Grammar.FALLBACK_BODY);
      }
      if (order == 0) {
        problems.add(
            file.setting(),
            ProblemCode.CONTRADICTION,
            Echo.quoted(path.get()) + " stands beside fallback.body; remove one of the two");
      }
    }
    try {
      return Body.of(files.read(path.get(), Grammar.LONGEST_BODY_FILE));
    } catch (Refused e) {
      problems.add(file.setting(), e);
      return Body.of(new byte[0]);
    }
  }

  private static Duration least(Duration a, Duration b) {
    return a.compareTo(b) <= 0 ? a : b;
  }

  private static <T extends Comparable<T>> Set<T> sorted(Collection<T> values) {
    return Collections.unmodifiableSet(new TreeSet<>(values));
  }
}
