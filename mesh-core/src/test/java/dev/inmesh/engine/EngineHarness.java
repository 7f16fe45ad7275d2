package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.MeshException;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;

/** An engine on a clock that the test moves, configured by keys without their prefix. */
final class EngineHarness {

  static final long MS = 1_000_000;
  private static final String PREFIX = "mesh.upstream.u.";

  final PauseDetector pauses = new PauseDetector();
  final RecordingListener events = new RecordingListener();
  private final Map<String, String> keys = new HashMap<>();
  private final UpstreamEngine engine;
  private long now = Long.MAX_VALUE - Duration.ofSeconds(30).toNanos(); // The clock will wrap.

  EngineHarness(String servers, String... keysAndValues) {
    keys.put(PREFIX + "servers", servers);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      String key = keysAndValues[i];
      keys.put(key.startsWith("mesh.") ? key : PREFIX + key, keysAndValues[i + 1]);
    }
    Random random = new Random(1);
    RandomSource seeded =
        () -> {
          synchronized (random) {
            return random.nextLong();
          }
        };
    engine = new UpstreamEngine(settings(), events, route -> events, seeded, pauses, now);
    tick();
  }

  private UpstreamSettings settings() {
    return Objects.requireNonNull(
        Configuration.open(Sources.of(keys)).current().settings().upstreams().get("u"));
  }

  UpstreamEngine engine() {
    return engine;
  }

  long now() {
    return now;
  }

  /** Changes a key, as a reload does; an empty value takes it out. */
  void reload(String key, String value) {
    if (value.isEmpty()) {
      keys.remove(PREFIX + key);
    } else {
      keys.put(PREFIX + key, value);
    }
    engine.apply(settings(), now);
  }

  /** Lets time pass, with all its ticks. */
  void pass(Duration time) {
    long end = now + time.toNanos();
    while (now - end < 0) {
      now = end - now < PauseDetector.PERIOD.toNanos() ? end : now + PauseDetector.PERIOD.toNanos();
      tick();
    }
  }

  /** Lets time pass without a tick: this JVM stands still. */
  void pause(Duration time) {
    now += time.toNanos();
  }

  void tick() {
    pauses.tick(now);
    engine.tick(now);
  }

  /** The same, while health checks are made; those of these servers fail. */
  void pass(Duration time, Set<String> failing) {
    long end = now + time.toNanos();
    while (now - end < 0) {
      pass(PauseDetector.PERIOD);
      for (Check check : engine.checksDue(now)) {
        end(check, failing);
      }
    }
    tick();
  }

  /** Ends a health check: well, unless the server is one of these. */
  void end(Check check, Set<String> failing) {
    if (failing.contains(check.server().address())) {
      check.failed(Failure.STATUS, "http 503", now);
    } else {
      check.passed(now);
    }
  }

  CallPlan plan() throws MeshException {
    return plan("GET", "/");
  }

  CallPlan plan(String method, String path) throws MeshException {
    boolean idempotent = !method.equals("POST");
    return engine.plan(
        new CallInfo(method, path, now, 0, Long.MAX_VALUE, idempotent, true, false), now);
  }

  /** One call with one attempt that ends well; the server it went to. */
  String succeed() throws MeshException {
    CallPlan plan = plan();
    Lease lease = plan.first(now);
    lease.success(now);
    plan.end(Outcome.SUCCESS, true, false, now);
    return lease.address();
  }

  /** One call whose one attempt goes this way wherever it goes to; the server it went to. */
  String fail(Failure failure) throws MeshException {
    CallPlan plan = plan();
    Lease lease = plan.first(now);
    lease.failure(failure, failure == Failure.STATUS ? 500 : 0, now);
    plan.end(Outcome.FAILURE, false, failure.isTimeout(), now);
    return lease.address();
  }

  /** Calls until so many attempts have failed on the server; attempts elsewhere end well. */
  void failOn(String address, Failure failure, int times) throws MeshException {
    int failed = 0;
    for (int i = 0; failed < times; i++) {
      if (i > 10_000) {
        throw new AssertionError(address + " is not picked: " + engine.servers(now));
      }
      CallPlan plan = plan();
      Lease lease = plan.first(now);
      if (lease.address().equals(address)) {
        lease.failure(failure, failure == Failure.STATUS ? 500 : 0, now);
        plan.end(Outcome.IGNORED, false, false, now);
        failed++;
      } else {
        lease.success(now);
        plan.end(Outcome.SUCCESS, true, false, now);
      }
      now += MS / 100;
    }
  }

  /** So many calls, of which those that go there fail; attempts elsewhere end well. */
  void failWhatGoesTo(Set<String> failing, Failure failure, int calls) throws MeshException {
    for (int i = 0; i < calls; i++) {
      CallPlan plan = plan();
      Lease lease = plan.first(now);
      if (failing.contains(lease.address())) {
        lease.failure(failure, failure == Failure.STATUS ? 500 : 0, now);
      } else {
        lease.success(now);
      }
      plan.end(Outcome.IGNORED, false, false, now);
      tick();
    }
  }

  ServerView server(String address) {
    return engine.servers(now).stream()
        .filter(s -> s.address().equals(address))
        .findFirst()
        .orElseThrow();
  }

  ServerView.State state(String address) {
    return server(address).state();
  }

  List<String> addresses(ServerView.State state) {
    return engine.servers(now).stream()
        .filter(s -> s.state() == state)
        .map(ServerView::address)
        .toList();
  }
}
