package dev.inmesh.http;

import dev.inmesh.call.Answer;
import dev.inmesh.call.FailedCall;
import dev.inmesh.call.Fallback;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.config.UpstreamSettings.FallbackSettings;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Source;
import dev.inmesh.event.UpstreamListener;
import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An upstream that is called over HTTP: its engine and what answers when no server does. Safe for
 * concurrent use.
 *
 * <p>Fallbacks are tried in the order stale, in code, default: the last good answer is nearest to
 * the truth, the configured one is furthest.
 */
public final class HttpUpstream {

  private static final Logger log = LoggerFactory.getLogger(HttpUpstream.class);

  private final UpstreamEngine engine;
  private final Optional<Fallback> inCode;
  private final ExecutorService executor;
  private volatile Map<String, StaleAnswers> stale = Map.of();
  private volatile @Nullable Origin called;

  /**
   * An upstream over HTTP.
   *
   * @param inCode the fallback in code, if there is one
   * @param executor runs it
   */
  public HttpUpstream(UpstreamEngine engine, Optional<Fallback> inCode, ExecutorService executor) {
    this.engine = engine;
    this.inCode = inCode;
    this.executor = executor;
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
  public @Nullable LocalAnswer fallBack(
      UpstreamSettings route,
      UpstreamListener listener,
      StaleAnswers.@Nullable Key key,
      String method,
      Supplier<URI> uri,
      Supplier<MeshException> failure,
      long nanosLeft,
      long now) {
    LocalAnswer answer = staleAnswer(route, key, now);
    if (answer == null && inCode.isPresent()) {
      FailedCall call =
          new FailedCall(
              engine.settings().name(),
              method,
              uri.get(),
              failure.get(),
              Duration.ofNanos(Math.max(0, nanosLeft)));
      answer = answerInCode(inCode.get(), call, listener);
    }
    if (answer == null && route.fallback().byDefault()) {
      answer = defaultAnswer(route.fallback());
    }
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

  private static LocalAnswer local(int status, String contentType, byte[] body) {
    List<String> headers = contentType.isEmpty() ? List.of() : List.of("Content-Type", contentType);
    return new LocalAnswer(status, headers, body, Source.DEFAULT, Source.DEFAULT.tag());
  }

  /** On another thread: user code can't be cancelled, and the caller must return in time. */
  private @Nullable LocalAnswer answerInCode(
      Fallback fallback, FailedCall call, UpstreamListener listener) {
    Future<@Nullable Answer> running;
    try {
      running = executor.submit(() -> fallback.answer(call));
    } catch (RejectedExecutionException e) {
      call.failure().addSuppressed(e);
      log.debug("{}: no thread for the fallback in code", call.upstream());
      return null;
    }
    try {
      Answer answer = running.get(call.timeLeft().toNanos(), TimeUnit.NANOSECONDS);
      if (answer == null) { // Java code without null checks may do that; it means it can't.
        return null;
      }
      return local(answer.status(), answer.contentType(), answer.body());
    } catch (TimeoutException e) {
      running.cancel(true);
      listener.timedOut(Phase.FALLBACK);
      call.failure().addSuppressed(e);
    } catch (ExecutionException e) {
      Throwable thrown = e.getCause() == null ? e : e.getCause();
      // A fallback may say "I can't either" by throwing the very failure that it was given.
      if (thrown != call.failure()) {
        call.failure().addSuppressed(thrown);
      }
    } catch (InterruptedException e) {
      running.cancel(true);
      Thread.currentThread().interrupt();
    }
    return null;
  }
}
