package dev.inmesh.http;

import dev.inmesh.call.FailedCall;
import dev.inmesh.call.Fallback;
import dev.inmesh.call.MeshException;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.config.UpstreamSettings.FallbackSettings;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Source;
import dev.inmesh.event.UpstreamListener;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An upstream that is called over HTTP: its engine and what answers when no server does. Safe for
 * concurrent use.
 *
 * <p>Fallbacks are tried in the order stale, in code, default: the last good answer is nearest to
 * the truth, the configured one is furthest.
 */
public final class HttpUpstream {

  private final UpstreamEngine engine;
  private final Optional<Fallback> inCode;
  private final ExecutorService executor;
  private final Supplier<String> deadlineHeader;
  private volatile Map<String, StaleAnswers> stale = Map.of();
  private volatile @Nullable Origin called;

  /**
   * An upstream over HTTP.
   *
   * @param inCode the fallback in code, if there is one
   * @param executor runs it
   * @param deadlineHeader tells the servers how long an attempt waits for them, by its name as it
   *     is now; empty for none
   */
  public HttpUpstream(
      UpstreamEngine engine,
      Optional<Fallback> inCode,
      ExecutorService executor,
      Supplier<String> deadlineHeader) {
    this.engine = engine;
    this.inCode = inCode;
    this.executor = executor;
    this.deadlineHeader = deadlineHeader;
    apply();
  }

  /** Follows the engine's settings after they changed; kept answers stay. */
  public void apply() {
    Map<String, StaleAnswers> before = stale;
    Map<String, StaleAnswers> after = new HashMap<>();
    add(engine.settings(), before, after);
    engine.settings().routes().forEach(route -> add(route, before, after));
    stale = Map.copyOf(after);
  }

  private static void add(
      UpstreamSettings settings,
      Map<String, StaleAnswers> before,
      Map<String, StaleAnswers> after) {
    FallbackSettings fallback = settings.fallback();
    if (fallback.stale()) {
      StaleAnswers old = before.get(settings.route());
      boolean same = old != null && old.settings().equals(fallback);
      after.put(settings.route(), same ? old : new StaleAnswers(fallback, old));
    }
  }

  /** The engine. */
  public UpstreamEngine engine() {
    return engine;
  }

  /** A call is made with a URL that begins like this. */
  public void calledAs(String scheme, String host, int port) {
    Origin before = called;
    if (before == null || !before.is(scheme, host, port)) {
      called = new Origin(scheme, host, port);
    }
  }

  /** What the latest call's URL began with; a guess before the first one. */
  public Origin origin() {
    Origin latest = called;
    UpstreamSettings settings = engine.settings();
    return latest == null ? Origin.guess(settings.name(), !settings.tlsName().isEmpty()) : latest;
  }

  String deadlineHeader() {
    return deadlineHeader.get();
  }

  /** Whether there is a fallback in code, for which time must be held back. */
  public boolean hasFallbackInCode() {
    return inCode.isPresent();
  }

  /** The last good answers of the route, or null when it doesn't serve them. */
  public @Nullable StaleAnswers stale(UpstreamSettings route) {
    return route.fallback().stale() ? stale.get(route.route()) : null;
  }

  /**
   * What the caller gets instead of a failed call, or null when there is nothing.
   *
   * @param key of the last good answer; null when there can't be one
   * @param failure why there is no live answer; made only when a fallback in code asks for it
   * @param nanosLeft until the call's deadline
   */
  @Nullable Instead fallBack(
      UpstreamSettings route,
      UpstreamListener listener,
      StaleAnswers.@Nullable Key key,
      CalledRequest request,
      Supplier<MeshException> failure,
      long nanosLeft,
      long now) {
    LocalAnswer stale = staleAnswer(route, key, now);
    LocalAnswer byDefault = route.fallback().byDefault() ? defaultAnswer(route.fallback()) : null;
    if (stale == null && inCode.isPresent()) {
      FailedCall call =
          new FailedCall(
              engine.settings().name(),
              request.method(),
              request.uri(),
              failure.get(),
              Duration.ofNanos(Math.max(0, nanosLeft)));
      FallingBack running = new FallingBack(inCode.get(), call, listener, byDefault);
      running.start(executor);
      return running;
    }
    LocalAnswer answer = stale == null ? byDefault : stale;
    if (answer != null) {
      listener.fellBack(answer.source());
    }
    return answer;
  }

  private @Nullable LocalAnswer staleAnswer(
      UpstreamSettings route, StaleAnswers.@Nullable Key key, long now) {
    StaleAnswers answers = stale(route);
    if (answers == null || key == null) {
      return null;
    }
    StaleAnswers.Kept kept = answers.find(key, now);
    return kept == null
        ? null
        : new LocalAnswer(
            kept.status(),
            kept.headers(),
            kept.body(),
            Source.STALE,
            MeshHeaders.stale(now - kept.keptAt()));
  }

  private static LocalAnswer defaultAnswer(FallbackSettings settings) {
    return local(settings.status(), settings.contentType(), settings.body().bytes());
  }

  static LocalAnswer local(int status, String contentType, byte[] body) {
    List<String> headers = contentType.isEmpty() ? List.of() : List.of("Content-Type", contentType);
    return new LocalAnswer(status, headers, body, Source.DEFAULT, Source.DEFAULT.tag());
  }
}
