package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.UpstreamListener;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

final class HealthWatchTest {

  @Test
  void aServerIsAskedAgainAfterAThreadCouldNotBeStarted() {
    int[] asked = {0};
    HealthProbe starved =
        (settings, origin, check) -> {
          if (asked[0]++ < 2) {
            throw new OutOfMemoryError("unable to create native thread");
          }
          return CompletableFuture.completedFuture(HealthProbe.Finding.answered(200));
        };
    HttpUpstream upstream = upstream("127.0.0.1:1,127.0.0.1:2");
    try (HealthWatch watch = new HealthWatch(() -> List.of(upstream), () -> Optional.of(starved))) {
      long now = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        watch.tick(now += Duration.ofSeconds(1).toNanos());
      }
    }

    assertThat(asked[0]).isGreaterThan(10);
  }

  private static HttpUpstream upstream(String servers) {
    UpstreamSettings settings =
        Objects.requireNonNull(
            Configuration.open(
                    Sources.of(
                        Map.of(
                            "mesh.upstream.u.servers",
                            servers,
                            "mesh.upstream.u.health-check.path",
                            "/healthz")))
                .current()
                .settings()
                .upstreams()
                .get("u"));
    UpstreamEngine engine =
        new UpstreamEngine(
            settings,
            new UpstreamListener() {},
            route -> new UpstreamListener() {},
            RandomSource.perThread(),
            new PauseDetector(),
            System.nanoTime());
    return new HttpUpstream(engine, Optional.empty(), ForkJoinPool.commonPool(), () -> "");
  }
}
