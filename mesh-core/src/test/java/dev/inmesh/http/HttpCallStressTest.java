package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.Failure;
import dev.inmesh.event.UpstreamListener;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A call and its hedge report at once; whatever the interleaving, one of them goes on. */
final class HttpCallStressTest {

  private static final int CALLS = 30_000;

  private final UpstreamEngine engine =
      new UpstreamEngine(
          settings(),
          new UpstreamListener() {},
          route -> new UpstreamListener() {},
          RandomSource.perThread(),
          new PauseDetector(),
          System.nanoTime());
  private final HttpUpstream upstream =
      new HttpUpstream(engine, Optional.empty(), ForkJoinPool.commonPool(), () -> "");
  private final CyclicBarrier together = new CyclicBarrier(2);

  private static UpstreamSettings settings() {
    Map<String, String> keys =
        Map.of(
            "mesh.upstream.u.servers", "127.0.0.1:1,127.0.0.1:2",
            "mesh.upstream.u.hedge.after", "1ms",
            "mesh.upstream.u.budget", "100%",
            "mesh.upstream.u.retry.tries", "1",
            "mesh.upstream.u.timeout", "60s",
            "mesh.upstream.u.outlier.mode", "off",
            "mesh.upstream.u.breaker.enabled", "false");
    return Objects.requireNonNull(
        Configuration.open(Sources.of(keys)).current().settings().upstreams().get("u"));
  }

  /** How an attempt ends. */
  private enum End {
    GOOD,
    BAD,
    FAILED,
    BROKEN
  }

  /** What a report led to. */
  private record Told(Attempt attempt, End end, @Nullable Next next) {

    @Override
    public String toString() {
      return end + " -> " + next;
    }

    /** Null for one that broke: the call has ended by it. */
    boolean goesOn() {
      return next == null || next == Next.STANDS;
    }
  }

  @Test
  void whateverTwoAttemptsReportAtOnceOneGoesOnAndNothingIsLeft() throws Exception {
    Random random = new Random(1);
    ExecutorService threads = Executors.newFixedThreadPool(2);
    int hedged = 0;
    try {
      for (int i = 0; i < CALLS; i++) {
        HttpCall call = new HttpCall(upstream, new Get(), System.nanoTime());
        Attempt own = new Attempt(call, call.start(Long.MAX_VALUE, System.nanoTime()));
        call.begun(own);
        Attempt hedge = call.hedge(System.nanoTime(), lease -> new Attempt(call, lease));
        if (hedge == null) {
          call.abandoned(own, false, System.nanoTime()); // No token for it.
          continue;
        }
        hedged++;
        End one = end(random);
        End other = end(random);
        Future<Told> first = threads.submit(() -> report(call, own, one));
        Future<Told> second = threads.submit(() -> report(call, hedge, other));
        List<Told> both = List.of(first.get(), second.get());
        assertThat(both).filteredOn(Told::goesOn).as(both.toString()).hasSize(1);
        both.stream().filter(Told::goesOn).forEach(told -> goOn(call, told));

        assertThat(engine.active()).as(both.toString()).isZero();
        assertThat(engine.servers(System.nanoTime()))
            .as(both.toString())
            .allSatisfy(server -> assertThat(server.inFlight()).isZero());
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(hedged).isGreaterThan(CALLS / 2);
  }

  private static End end(Random random) {
    return End.values()[random.nextInt(End.values().length)];
  }

  private Told report(HttpCall call, Attempt attempt, End end) throws Exception {
    together.await();
    long now = System.nanoTime();
    return switch (end) {
      case GOOD -> answered(call, attempt, end, 200);
      case BAD -> answered(call, attempt, end, 500);
      case FAILED ->
          new Told(
              attempt, end, call.failed(attempt, Failure.ERROR, new IOException("broke"), now));
      case BROKEN -> new Told(attempt, end, call.broke(attempt, now) ? null : Next.LOST);
    };
  }

  private static Told answered(HttpCall call, Attempt attempt, End end, int status) {
    var unused = call.judge(attempt, status, false);
    return new Told(attempt, end, call.answered(attempt, status, null, System.nanoTime()));
  }

  private static void goOn(HttpCall call, Told told) {
    if (told.next == null) {
      return;
    }
    HttpAttempt standing = call.lastOutcome(told.attempt, System.nanoTime());
    if (standing.hasFailed()) {
      MeshException unused = call.gaveUp(standing, System.nanoTime());
    } else {
      assertThat(call.instead(standing, System.nanoTime())).isNull();
      call.bodyDone(standing, System.nanoTime());
    }
  }

  private static final class Attempt extends HttpAttempt {

    Attempt(HttpCall call, Lease lease) {
      super(call, lease);
    }

    @Override
    protected Phase phase() {
      return Phase.SERVER;
    }

    @Override
    protected boolean wasSent() {
      return true;
    }

    @Override
    protected void stop() {
      // It reports all the same, as one that was stopped too late.
    }
  }

  private static final class Get implements CalledRequest {

    @Override
    public String method() {
      return "GET";
    }

    @Override
    public String path() {
      return "/";
    }

    @Override
    public String url() {
      return "http://u/";
    }

    @Override
    public URI uri() {
      return URI.create(url());
    }

    @Override
    public @Nullable String header(String name) {
      return null;
    }

    @Override
    public @Nullable String query(String name) {
      return null;
    }

    @Override
    public boolean isReplayable() {
      return true;
    }

    @Override
    public boolean isCancelled() {
      return false;
    }
  }
}
