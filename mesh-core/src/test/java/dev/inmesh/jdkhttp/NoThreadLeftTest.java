package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.UpstreamListener;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.timer.DaemonTimers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The process has no thread left for what a timer hands on. */
@Timeout(60)
final class NoThreadLeftTest extends LoopbackFixture {

  private static final Executor NO_THREAD =
      task -> {
        throw new OutOfMemoryError("unable to create native thread");
      };

  @Test
  void aCallWhoseTimerCantBeHandedOnEndsAllTheSame() throws Exception {
    LoopbackServer stalling =
        server(
            e -> {
              e.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nx");
              return e.hang();
            });
    UpstreamSettings settings =
        Objects.requireNonNull(
            Configuration.open(Sources.of(keys(stalling, "timeout", "2s")))
                .current()
                .settings()
                .upstreams()
                .get("inventory"));
    UpstreamEngine engine =
        new UpstreamEngine(
            settings,
            new UpstreamListener() {},
            route -> new UpstreamListener() {},
            RandomSource.perThread(),
            new PauseDetector(),
            System.nanoTime());
    HttpUpstreams upstreams =
        HttpUpstreams.of(
            List.of(
                new HttpUpstream(engine, Optional.empty(), ForkJoinPool.commonPool(), () -> "")));
    JdkHttpMesh mesh =
        new JdkHttpMesh(
            () -> upstreams,
            new Resolver(NO_THREAD),
            () -> AllowedNetworks.ANY,
            new DaemonTimers("timers"),
            NO_THREAD,
            (upstream, key) -> key);
    mesh.apply(List.of(settings));
    HttpClient http = mesh.wrap(HttpClient.newHttpClient());
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://inventory/v1")).build();

    CompletableFuture<HttpResponse<String>> call = http.sendAsync(request, BodyHandlers.ofString());

    assertThat(call)
        .failsWithin(Duration.ofSeconds(20))
        .withThrowableOfType(ExecutionException.class)
        .withCauseInstanceOf(OutOfMemoryError.class);
    await(() -> engine.active() == 0);
    assertThat(engine.servers(System.nanoTime())).allMatch(s -> s.inFlight() == 0);
  }
}
