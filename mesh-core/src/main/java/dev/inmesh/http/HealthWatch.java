package dev.inmesh.http;

import dev.inmesh.engine.Check;
import dev.inmesh.http.HealthProbe.Finding;
import java.util.Collection;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has the health checks made that the engines say are due, and reports what came of them. Safe for
 * concurrent use.
 */
public final class HealthWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(HealthWatch.class);

  private final Supplier<Collection<HttpUpstream>> upstreams;
  private final Supplier<Optional<HealthProbe>> probe;
  private volatile boolean closed;

  /**
   * A watch that does nothing yet.
   *
   * @param upstreams those that calls may go to now
   * @param probe makes the checks; empty while no client uses the upstreams
   */
  public HealthWatch(
      Supplier<Collection<HttpUpstream>> upstreams, Supplier<Optional<HealthProbe>> probe) {
    this.upstreams = upstreams;
    this.probe = probe;
  }

  /** Starts what is due; to be called every few milliseconds. */
  public void tick(long now) {
    Optional<HealthProbe> available = probe.get();
    if (closed || available.isEmpty()) {
      return;
    }
    for (HttpUpstream upstream : upstreams.get()) {
      for (Check check : upstream.engine().checksDue(now)) {
        start(available.get(), upstream, check);
      }
    }
  }

  private void start(HealthProbe available, HttpUpstream upstream, Check check) {
    CompletableFuture<Finding> answer;
    try {
      answer = available.ask(upstream.engine().settings(), upstream.origin(), check);
    } catch (RuntimeException | Error e) {
      // Every check must end, or its server would never be asked again; the others that are due
      // too, which a thread that can't be started must not keep from it.
      answer = CompletableFuture.failedFuture(e);
    }
    var unused = answer.whenComplete((finding, failure) -> ended(check, finding, failure));
  }

  private void ended(Check check, @Nullable Finding finding, @Nullable Throwable failure) {
    long now = System.nanoTime();
    if (closed || finding == null) {
      log.debug("{}: health check came to nothing", check.server().address(), failure);
      check.ignored(now);
    } else if (finding.failure().isEmpty()) {
      check.passed(now);
    } else {
      check.failed(finding.failure().get(), finding.words(), now);
    }
  }

  /** Starts no further checks; what still comes of those under way counts for nothing. */
  @Override
  public void close() {
    closed = true;
  }
}
