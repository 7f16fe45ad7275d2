package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.UpstreamListener;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.ResolveContract;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.timer.DaemonTimers;
import dev.inmesh.timer.Timers;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class OkHttpResolveTest extends ResolveContract {

  @Override
  protected Call call(
      Supplier<HttpUpstreams> upstreams, Resolver resolver, UpstreamSettings settings) {
    OkHttpMesh mesh =
        new OkHttpMesh(
            upstreams,
            resolver,
            () -> AllowedNetworks.ANY,
            (nanos, action) -> Timers.Timer.NONE,
            ForkJoinPool.commonPool(),
            ForkJoinPool.commonPool());
    mesh.apply(List.of(settings));
    okhttp3.Call call =
        mesh.wrap(new OkHttpClient()).newCall(new Request.Builder().url("http://u/").build());
    return call::execute;
  }

  /** Two tries at most; the first, in the order of the list, waits for a name that never comes. */
  private static UpstreamEngine engine(String servers, String hedge) {
    UpstreamSettings settings =
        Objects.requireNonNull(
            Configuration.open(
                    Sources.of(
                        Map.of(
                            "mesh.upstream.u.servers",
                            servers,
                            "mesh.upstream.u.balancer",
                            "round_robin",
                            "mesh.upstream.u.hedge.after",
                            hedge,
                            "mesh.upstream.u.timeout",
                            "60s")))
                .current()
                .settings()
                .upstreams()
                .get("u"));
    return new UpstreamEngine(
        settings,
        new UpstreamListener() {},
        route -> new UpstreamListener() {},
        RandomSource.perThread(),
        new PauseDetector(),
        System.nanoTime());
  }

  private static okhttp3.Call call(UpstreamEngine engine) {
    HttpUpstreams upstreams =
        HttpUpstreams.of(
            List.of(
                new HttpUpstream(engine, Optional.empty(), ForkJoinPool.commonPool(), () -> "")));
    OkHttpMesh mesh =
        new OkHttpMesh(
            () -> upstreams,
            new Resolver(task -> {}),
            () -> AllowedNetworks.ANY,
            new DaemonTimers("timers"),
            ForkJoinPool.commonPool(),
            ForkJoinPool.commonPool());
    mesh.apply(List.of(engine.settings()));
    return mesh.wrap(new OkHttpClient()).newCall(new Request.Builder().url("http://u/").build());
  }

  @Test
  void aHedgeThatWinsIsAnsweredWhileTheFirstStillWaitsForItsAddress() throws Exception {
    try (LoopbackServer well = LoopbackServer.start(e -> e.reply(200, "well"))) {
      UpstreamEngine engine = engine("slow.example:80," + well.address(), "20ms");
      // Some of them begin with the name, by turns.
      for (int i = 0; i < 4; i++) {
        try (Response response = call(engine).execute()) {
          assertThat(response.body().string()).isEqualTo("well");
        }
      }
      assertThat(engine.active()).isZero();
    }
  }

  @Test
  void aCancelReachesACallThatWaitsForAnAddress() throws Exception {
    UpstreamEngine engine = engine("slow.example:80", "off");
    okhttp3.Call call = call(engine);
    CompletableFuture<Throwable> ended =
        CompletableFuture.supplyAsync(() -> catchThrowable(call::execute));
    while (engine.servers(System.nanoTime()).get(0).inFlight() == 0) {
      Thread.onSpinWait();
    }

    call.cancel();

    assertThat(ended.get(15, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessage("Canceled");
    assertThat(engine.active()).isZero();
    assertThat(engine.servers(System.nanoTime())).allMatch(s -> s.inFlight() == 0);
  }
}
