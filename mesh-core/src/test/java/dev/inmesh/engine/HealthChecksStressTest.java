package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.event.Failure;
import dev.inmesh.event.UpstreamListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Checks end on many threads while the list, the path and the routes change. */
final class HealthChecksStressTest {

  private static final long STEP = Duration.ofMillis(20).toNanos();

  private static UpstreamSettings settings(int servers, String path, boolean route) {
    String list =
        IntStream.range(0, servers).mapToObj(i -> "s" + i + ":1").collect(Collectors.joining(","));
    Map<String, String> keys =
        route
            ? Map.of(
                "mesh.upstream.u.servers",
                list,
                "mesh.upstream.u.health-check.path",
                path,
                "mesh.upstream.u.health-check.interval",
                "1s",
                "mesh.upstream.u.route.r.match",
                "GET /r")
            : Map.of(
                "mesh.upstream.u.servers", list,
                "mesh.upstream.u.health-check.path", path,
                "mesh.upstream.u.health-check.interval", "1s");
    return Objects.requireNonNull(
        Configuration.open(Sources.of(keys)).current().settings().upstreams().get("u"));
  }

  @Test
  @Timeout(60)
  void noCheckIsLostAndEveryServerThatPassesIsBack() throws Exception {
    List<UpstreamSettings> variants =
        List.of(
            settings(40, "/a", false),
            settings(30, "/a", true),
            settings(40, "/b", true),
            settings(35, "none", false));
    AtomicLong clock = new AtomicLong();
    UpstreamEngine engine =
        new UpstreamEngine(
            variants.get(0),
            new UpstreamListener() {},
            route -> new UpstreamListener() {},
            RandomSource.perThread(),
            new PauseDetector(),
            0);
    AtomicBoolean over = new AtomicBoolean();
    Queue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Random random = new Random(t);
      Thread thread =
          new Thread(
              () -> {
                try {
                  while (!over.get()) {
                    long now = clock.addAndGet(STEP / 4);
                    for (Check check : engine.checksDue(now)) {
                      end(check, random.nextInt(4), clock.get());
                    }
                  }
                } catch (Throwable e) {
                  thrown.add(e);
                }
              });
      threads.add(thread);
      thread.start();
    }

    Random random = new Random(9);
    for (int i = 0; i < 1_000; i++) {
      engine.tick(clock.addAndGet(STEP));
      if (i % 3 == 0) {
        engine.apply(variants.get(random.nextInt(variants.size())), clock.get());
      }
    }
    over.set(true);
    for (Thread thread : threads) {
      thread.join();
    }
    engine.apply(variants.get(0), clock.get());
    Set<String> asked = new HashSet<>();
    for (int i = 0; i < 500; i++) {
      long now = clock.addAndGet(STEP);
      for (Check check : engine.checksDue(now)) {
        asked.add(check.server().address());
        check.passed(now);
      }
      engine.tick(now);
    }

    assertThat(thrown).isEmpty();
    assertThat(asked).hasSize(40);
    assertThat(engine.servers(clock.get()))
        .allMatch(s -> s.state() == ServerView.State.UP && s.reason().isEmpty());
  }

  private static void end(Check check, int how, long now) {
    switch (how) {
      case 0 -> check.passed(now);
      case 1 -> check.failed(Failure.TIMEOUT, "timed out", now);
      case 2 -> check.failed(Failure.STATUS, "http 503", now);
      default -> check.ignored(now);
    }
  }
}
