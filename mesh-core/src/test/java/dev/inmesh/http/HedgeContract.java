package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.http.HttpDriverContract.Client;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every HTTP driver promises of hedges, on real sockets. */
@Timeout(60)
public abstract class HedgeContract extends LoopbackFixture {

  private final MeterRegistry registry = new SimpleMeterRegistry();

  /** A client of the driver's kind, wrapped. */
  protected abstract Client wrap(Mesh mesh);

  /** Ends the call that the thread waits for. */
  protected void giveUp(Thread caller) {
    caller.interrupt();
  }

  /** The first attempt has the time to arrive first. */
  private Mesh hedging(List<?> servers, String... keysAndValues) {
    Map<String, String> keys = keys(servers, "hedge.after", "150ms", "budget", "100%");
    keys.putAll(keys(servers, keysAndValues));
    Mesh mesh = Mesh.builder().properties(keys).meterRegistry(registry).build();
    open.add(mesh);
    return mesh;
  }

  private double count(String name) {
    return registry.find(name).counters().stream().mapToDouble(Counter::count).sum();
  }

  private long callsEnded() {
    return registry.find("mesh.client.requests").timers().stream().mapToLong(Timer::count).sum();
  }

  private static Reply get(Client client) throws IOException {
    return client.send("GET", "http://inventory/v1", Map.of(), "");
  }

  private static void assertTimesOut(ThrowingCallable call) {
    assertThatThrownBy(call).isInstanceOf(CallTimeoutException.class);
  }

  private static void assertNobodyIsBlamed(Mesh mesh) throws InterruptedException {
    assertQuiet(mesh);
    assertThat(mesh.upstream("inventory").servers())
        .allMatch(s -> s.state() == ServerStatus.State.UP && s.reason().isEmpty());
  }

  /** Servers that answer by the number of the request, whichever of them gets it. */
  private List<LoopbackServer> byNumber(int servers, LoopbackServer.Behaviour... behaviours)
      throws IOException {
    AtomicInteger number = new AtomicInteger();
    List<LoopbackServer> started = new ArrayList<>();
    for (int i = 0; i < servers; i++) {
      started.add(
          server(
              e ->
                  behaviours[Math.min(number.getAndIncrement(), behaviours.length - 1)].answer(e)));
    }
    return started;
  }

  @Test
  void aServerThatHangsIsHedged() throws Exception {
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    LoopbackServer well = well();
    Mesh mesh = hedging(List.of(hanging, well));
    Client client = wrap(mesh);
    int hedged = 0;

    // Ten hedges in a row would be enough to eject it.
    for (int i = 0; i < 8; i++) {
      Reply reply = get(client);
      assertThat(reply.body()).isEqualTo("well /v1");
      assertThat(reply.server()).isEqualTo(well.address());
      assertThat(reply.source()).isIn("live", "hedge");
      hedged += reply.source().equals("hedge") ? 1 : 0;
    }

    assertThat(hedged).isPositive();
    assertThat(count("mesh.client.hedges.won")).isEqualTo(hedged);
    assertThat(count("mesh.client.hedges")).isGreaterThanOrEqualTo(hedged);
    assertThat(hanging.awaitClosedByPeer()).isTrue();
    assertNobodyIsBlamed(mesh);
    await(() -> hanging.openConnections() == 0);
  }

  @Test
  void theFirstAttemptMayStillWin() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    List<LoopbackServer> servers =
        byNumber(
            2,
            e -> {
              hedged.await();
              return e.reply(200, "first");
            },
            e -> {
              hedged.countDown();
              return e.hang();
            });
    Mesh mesh = hedging(servers);

    Reply reply = get(wrap(mesh));

    assertThat(reply.body()).isEqualTo("first");
    assertThat(reply.source()).isEqualTo("live");
    assertThat(count("mesh.client.hedges")).isOne();
    assertThat(count("mesh.client.hedges.won")).isZero();
    assertNobodyIsBlamed(mesh);
  }

  @Test
  void aPostIsHedgedOnlyWithAnIdempotencyKey() throws Exception {
    LoopbackServer a = server(LoopbackServer.Exchange::hang);
    LoopbackServer b = server(LoopbackServer.Exchange::hang);
    Mesh mesh = hedging(List.of(a, b), "timeout", "1s");
    Client client = wrap(mesh);
    String url = "http://inventory/v1";

    assertTimesOut(() -> client.send("POST", url, Map.of(), "body"));
    assertThat(a.requests.size() + b.requests.size()).isOne();
    assertThat(count("mesh.client.hedges")).isZero();

    Map<String, String> key = Map.of("Idempotency-Key", "1");
    assertTimesOut(() -> client.send("POST", url, key, "body"));
    assertThat(a.requests.size() + b.requests.size()).isEqualTo(3);
    assertThat(count("mesh.client.hedges")).isOne();
    assertQuiet(mesh);
  }

  @Test
  void whenAllFailThereIsOneExceptionWithTheOthersSuppressed() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    LoopbackServer.Behaviour resets =
        e -> {
          both.countDown();
          both.await();
          return e.reset();
        };
    Mesh mesh = hedging(byNumber(2, resets), "retry.on", "off");

    MeshException failure = catchThrowableOfType(MeshException.class, () -> get(wrap(mesh)));

    assertThat(failure).hasMessageContaining("no attempt succeeded");
    assertThat(failure.getCause()).isNotNull();
    assertThat(failure.getCause().getSuppressed()).hasSize(1);
    assertThat(count("mesh.client.hedges")).isOne();
    assertThat(count("mesh.client.hedges.won")).isZero();
    assertQuiet(mesh);
  }

  @Test
  void afterTheLastOfThemFailedTheCallIsTriedAgain() throws Exception {
    CountDownLatch both = new CountDownLatch(2);
    LoopbackServer.Behaviour fails =
        e -> {
          both.countDown();
          both.await();
          return e.reply(500, "oops");
        };
    List<LoopbackServer> servers = byNumber(3, fails, fails, e -> e.reply(200, "third"));
    Mesh mesh = hedging(servers, "retry.on", "http_500");

    Reply reply = get(wrap(mesh));

    assertThat(reply.body()).isEqualTo("third");
    assertThat(reply.source()).isEqualTo("retry");
    assertThat(servers).allMatch(server -> server.requests.size() == 1);
    assertQuiet(mesh);
  }

  private static LoopbackServer.Behaviour badOnceHedged(CountDownLatch hedged) {
    return e -> {
      hedged.await();
      return e.reply(500, "oops");
    };
  }

  @Test
  void aBadAnswerWaitsForABetterOne() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    LoopbackServer.Behaviour bad = badOnceHedged(hedged);
    Mesh mesh =
        hedging(
            byNumber(
                2,
                bad,
                e -> {
                  hedged.countDown();
                  return e.reply(200, "better");
                }));

    Reply reply = get(wrap(mesh));

    assertThat(reply.body()).isEqualTo("better");
    assertThat(reply.source()).isEqualTo("hedge");
    assertQuiet(mesh);
  }

  @Test
  void aBadAnswerStandsWhenTheOtherOneBringsNone() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    LoopbackServer.Behaviour bad = badOnceHedged(hedged);
    Mesh mesh =
        hedging(
            byNumber(
                2,
                bad,
                e -> {
                  hedged.countDown();
                  return e.reset();
                }),
            "retry.on",
            "off");

    Reply reply = get(wrap(mesh));

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).isEqualTo("oops");
    assertThat(reply.source()).isEqualTo("live");
    assertQuiet(mesh);
  }

  @Test
  void withoutAnotherServerThereIsNoHedge() throws Exception {
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    Mesh mesh = hedging(List.of(hanging), "timeout", "500ms");

    assertTimesOut(() -> get(wrap(mesh)));

    assertThat(hanging.requests).hasSize(1);
    assertThat(count("mesh.client.hedges")).isZero();
    assertQuiet(mesh);
  }

  @Test
  void theBudgetBoundsHedges() throws Exception {
    LoopbackServer a = server(LoopbackServer.Exchange::hang);
    LoopbackServer b = server(LoopbackServer.Exchange::hang);
    Mesh mesh =
        hedging(
            List.of(a, b),
            "timeout",
            "300ms",
            "budget",
            "0%",
            "budget.min",
            "0",
            "breaker.enabled",
            "false",
            "outlier.mode",
            "off");
    Client client = wrap(mesh);

    for (int i = 0; i < 10; i++) {
      assertTimesOut(() -> get(client));
    }

    assertThat(count("mesh.client.hedges")).isBetween(1.0, 5.0);
    assertThat(count("mesh.client.rejected")).isPositive();
    assertQuiet(mesh);
  }

  @Test
  void aCallerThatGivesUpEndsAllOfThem() throws Exception {
    LoopbackServer a = server(LoopbackServer.Exchange::hang);
    LoopbackServer b = server(LoopbackServer.Exchange::hang);
    Mesh mesh = hedging(List.of(a, b), "timeout", "45s", "fallback", "default");

    assertThat(givenUp(wrap(mesh), () -> a.requests.size() == 1 && b.requests.size() == 1))
        .isInstanceOf(IOException.class);

    assertThat(a.awaitClosedByPeer()).isTrue();
    assertThat(b.awaitClosedByPeer()).isTrue();
    assertNobodyIsBlamed(mesh);
  }

  @Test
  void aCallerThatGivesUpEndsTheHedgeThatIsLeft() throws Exception {
    CountDownLatch hedged = new CountDownLatch(1);
    List<LoopbackServer> servers =
        byNumber(
            2,
            e -> {
              hedged.await();
              return e.reply(500, "oops");
            },
            e -> {
              hedged.countDown();
              return e.hang();
            });
    Mesh mesh = hedging(servers, "timeout", "45s", "retry.on", "http_500", "fallback", "default");

    assertThat(
            givenUp(
                wrap(mesh),
                () ->
                    mesh.upstream("inventory").servers().stream()
                                .mapToInt(ServerStatus::inFlight)
                                .sum()
                            == 1
                        && hedged.getCount() == 0))
        .isInstanceOf(IOException.class);

    assertQuiet(mesh);
    await(() -> servers.stream().allMatch(server -> server.openConnections() <= 1));
  }

  /** What a caller gets to see that gives up when something is so. */
  private @Nullable Throwable givenUp(Client client, BooleanSupplier when)
      throws InterruptedException {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread caller =
        new Thread(
            () -> {
              try {
                get(client);
              } catch (IOException e) {
                thrown.set(e);
              }
            });
    caller.start();
    await(when);
    giveUp(caller);
    caller.join();
    return thrown.get();
  }

  @Test
  void aCallThatIsGivenUpJustWhenItsHedgeAnswersLeavesNothing() throws Exception {
    Random random = new Random(1);
    AtomicReference<Thread> caller = new AtomicReference<>(Thread.currentThread());
    Map<String, AtomicInteger> attempts = new ConcurrentHashMap<>();
    LoopbackServer.Behaviour answersTheHedge =
        e -> {
          if (attempts.computeIfAbsent(e.path(), p -> new AtomicInteger()).incrementAndGet() == 1) {
            return e.hang();
          }
          Thread waiting = Objects.requireNonNull(caller.get());
          long nanos = Integer.parseInt(e.path().substring(1)) % 40 * 50_000L;
          Thread gone =
              new Thread(
                  () -> {
                    LockSupport.parkNanos(nanos);
                    giveUp(waiting);
                  });
          gone.start();
          return e.reply(200, "hedge " + random.nextInt());
        };
    List<LoopbackServer> servers = List.of(server(answersTheHedge), server(answersTheHedge));
    Mesh mesh =
        hedging(
            servers,
            "hedge.after",
            "1ms",
            "outlier.mode",
            "off",
            "breaker.enabled",
            "false",
            "timeout",
            "20s");
    Client client = wrap(mesh);

    for (int i = 0; i < 200; i++) {
      String url = "http://inventory/" + i;
      Thread thread =
          new Thread(
              () -> {
                try {
                  Reply unused = client.send("GET", url, Map.of(), "");
                } catch (IOException e) {
                  // Given up, as it was to be.
                }
              });
      caller.set(thread);
      thread.start();
      thread.join();
    }

    assertQuiet(mesh);
    await(() -> servers.stream().allMatch(server -> server.openConnections() <= 5));
  }

  @Test
  void whateverTheServersDoEveryCallEndsOnceAndNoPostIsSentTwice() throws Exception {
    Map<String, AtomicInteger> posts = new ConcurrentHashMap<>();
    List<LoopbackServer> servers = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      int salt = i;
      servers.add(
          server(
              e -> {
                if (e.method().equals("POST")) {
                  posts.computeIfAbsent(e.path(), p -> new AtomicInteger()).incrementAndGet();
                }
                int id = Integer.parseInt(e.path().substring(1));
                int draw = new Random(id * 31L + salt).nextInt(100);
                return draw < 3
                    ? e.hang()
                    : draw < 10
                        ? e.reply(500, "oops")
                        : draw < 15 ? e.reset() : e.reply(200, e.path());
              }));
    }
    Mesh mesh =
        hedging(
            servers,
            "timeout",
            "500ms",
            "hedge.after",
            "5ms",
            "hedge.tries",
            "2",
            "retry.on",
            "connect,error,http_500",
            "breaker.enabled",
            "false",
            "outlier.mode",
            "off");
    Client client = wrap(mesh);
    int calls = 2_000;
    AtomicInteger next = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();

    List<Thread> callers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread caller =
          new Thread(
              () -> {
                for (int id = next.getAndIncrement(); id < calls; id = next.getAndIncrement()) {
                  try {
                    callOnce(client, id);
                  } catch (Exception | AssertionError e) {
                    wrong.add(e);
                  }
                  ended.incrementAndGet();
                }
              });
      callers.add(caller);
      caller.start();
    }
    for (Thread caller : callers) {
      caller.join();
    }

    assertThat(wrong).isEmpty();
    assertThat(ended.get()).isEqualTo(calls);
    assertThat(posts.values()).allMatch(seen -> seen.get() == 1);
    assertThat(count("mesh.client.hedges.won")).isPositive();
    assertQuiet(mesh);
    // What ran out of time is settled by the ticker, a moment later.
    await(() -> callsEnded() >= calls);
    assertThat(callsEnded()).isEqualTo(calls);
  }

  private static void callOnce(Client client, int id) throws IOException {
    String method = id % 4 == 0 ? "POST" : "GET";
    try {
      Reply reply = client.send(method, "http://inventory/" + id, Map.of(), "body");
      assertThat(reply.status()).isIn(200, 500);
      assertThat(reply.body()).isEqualTo(reply.status() == 200 ? "/" + id : "oops");
    } catch (MeshException failed) {
      assertThat(failed.upstream()).isEqualTo("inventory");
    }
  }
}
