package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.call.Answer;
import dev.inmesh.call.BreakerOpenException;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.NoServerException;
import dev.inmesh.call.Phase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.opentest4j.TestAbortedException;

/** What every HTTP driver promises, on real sockets; each driver's test class takes it on. */
@Timeout(60)
public abstract class HttpDriverContract extends LoopbackFixture {

  /** Sends requests through a wrapped client. */
  public interface Client {
    Reply send(String method, String url, Map<String, String> headers, String body)
        throws IOException;
  }

  /** A client of the driver's kind, which follows redirects, wrapped. */
  protected abstract Client wrap(Mesh mesh);

  /** Some clients don't tell a handshake from the connect before it. */
  protected Phase phaseOfAHangingHandshake() {
    return Phase.TLS;
  }

  private static Reply get(Client client) throws IOException {
    return get(client, "/v1");
  }

  private static Reply get(Client client, String path) throws IOException {
    return client.send("GET", "http://inventory" + path, Map.of(), "");
  }

  private static Reply post(Client client, String path) throws IOException {
    return client.send("POST", "http://inventory" + path, Map.of(), "body of " + path);
  }

  @Test
  void aLiveAnswerNamesItsSourceAndItsServer() throws Exception {
    LoopbackServer server = server(e -> e.reply(201, "made", "mesh-source: forged", "X: y"));
    Client client = wrap(mesh(server));

    Reply reply = client.send("POST", "http://inventory/v1/stock?x=1", Map.of("A", "b"), "hello");

    assertThat(reply.status()).isEqualTo(201);
    assertThat(reply.body()).isEqualTo("made");
    assertThat(reply.source()).isEqualTo("live");
    assertThat(reply.server()).isEqualTo(server.address());
    assertThat(reply.headers()).containsEntry("x", "y");
    LoopbackServer.Exchange seen = server.requests.get(0);
    assertThat(seen.method()).isEqualTo("POST");
    assertThat(seen.path()).isEqualTo("/v1/stock?x=1");
    assertThat(seen.body()).isEqualTo("hello");
    assertThat(seen.headers()).containsEntry("a", "b");
  }

  @Test
  void aServerThatRefusesIsPassedOverAndEjected() throws Exception {
    int closed = closedPort();
    LoopbackServer well = well();
    Mesh mesh = mesh(List.of("127.0.0.1:" + closed, well));
    Client client = wrap(mesh);
    Set<String> sources = new TreeSet<>();

    for (int i = 0; i < 50; i++) {
      Reply reply = get(client);
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.server()).isEqualTo(well.address());
      sources.add(reply.source());
    }

    assertThat(sources).containsExactly("live", "retry");
    ServerStatus status = mesh.upstream("inventory").servers().get(0);
    assertThat(status.state()).isEqualTo(ServerStatus.State.EJECTED);
    assertThat(status.reason()).startsWith("connect refused x");
    assertQuiet(mesh);
  }

  @Test
  void aFailingServerIsPassedOverWhenItsStatusIsNamed() throws Exception {
    LoopbackServer bad = server(e -> e.reply(500, "oops"));
    LoopbackServer well = well();
    Client client = wrap(mesh(List.of(bad, well), "retry.on", "http_500"));

    for (int i = 0; i < 30; i++) {
      assertThat(get(client).status()).isEqualTo(200);
    }
    assertThat(bad.requests).hasSizeBetween(1, 6);
  }

  @Test
  void theLastAnswerStandsWhenNothingHelps() throws Exception {
    Mesh mesh = mesh(List.of(server(e -> e.reply(503, "busy")), server(e -> e.reply(503, "busy"))));
    Client client = wrap(mesh);

    Reply reply = get(client);

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.body()).isEqualTo("busy");
    assertThat(reply.source()).isEqualTo("retry");
    assertQuiet(mesh);
  }

  @Test
  void theDefaultIsAnsweredWhenNothingHelps() throws Exception {
    Mesh mesh =
        mesh(
            "127.0.0.1:" + closedPort(),
            "fallback",
            "default",
            "fallback.status",
            "203",
            "fallback.content-type",
            "application/json",
            "fallback.body",
            "{}");

    Reply reply = get(wrap(mesh));

    assertThat(reply.status()).isEqualTo(203);
    assertThat(reply.body()).isEqualTo("{}");
    assertThat(reply.headers()).containsEntry("content-type", "application/json");
    assertThat(reply.source()).isEqualTo("default");
    assertThat(reply.server()).isEmpty();
    assertQuiet(mesh);
  }

  @Test
  void aServerThatHangsCostsTheTimeoutAndItsConnectionIsClosed() throws Exception {
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    Mesh mesh = mesh(hanging, "timeout", "100ms");
    Client client = wrap(mesh);

    CallTimeoutException timeout =
        catchThrowableOfType(CallTimeoutException.class, () -> get(client));

    assertThat(timeout.phase()).isEqualTo(Phase.SERVER);
    assertThat(timeout)
        .hasMessageMatching(
            "inventory: timed out in phase server after \\d+ ms \\(servers=1, ejected=0, inFlight=0,"
                + " calls=0\\): "
                + hanging.address()
                + " timed out");
    assertThat(hanging.awaitClosedByPeer()).isTrue();
    assertQuiet(mesh);
  }

  @Test
  void anAttemptThatTakesTooLongIsTriedElsewhere() throws Exception {
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    LoopbackServer well = well();
    Client client =
        wrap(
            mesh(
                List.of(hanging, well),
                "timeout",
                "10s",
                "timeout.attempt",
                "200ms",
                "retry.on",
                "timeout",
                "budget",
                "100%"));

    for (int i = 0; i < 10; i++) {
      assertThat(get(client).server()).isEqualTo(well.address());
    }
    assertThat(hanging.awaitClosedByPeer()).isTrue();
  }

  /** One byte each 50 ms, which is the fault under test. */
  private LoopbackServer dripping(int length, AtomicInteger dripped) throws IOException {
    return server(
        e -> {
          e.write("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
          try {
            for (int i = 0; i < length; i++) {
              e.write("x");
              dripped.incrementAndGet();
              TimeUnit.MILLISECONDS.sleep(50);
            }
          } catch (IOException closed) {
            e.server().peerHasClosed();
          }
          return false;
        });
  }

  @Test
  void aBodyThatDripsFailsAtTheTimeoutAndTheServerSeesTheConnectionClosed() throws Exception {
    for (int length : new int[] {1_000, 1_000_000}) {
      AtomicInteger dripped = new AtomicInteger();
      LoopbackServer dripping = dripping(length, dripped);
      Mesh mesh = mesh(dripping, "timeout", "300ms");
      Client client = wrap(mesh);

      CallTimeoutException timeout =
          catchThrowableOfType(CallTimeoutException.class, () -> get(client));

      assertThat(timeout.phase()).isEqualTo(Phase.BODY);
      assertThat(dripping.awaitClosedByPeer()).isTrue();
      assertThat(dripped.get()).isLessThan(20);
      assertQuiet(mesh);
    }
  }

  @Test
  void aSmallBodyThatStallsIsTriedElsewhereOrFallsBack() throws Exception {
    LoopbackServer dripping = dripping(1_000, new AtomicInteger());
    LoopbackServer well = well();
    Client elsewhere =
        wrap(
            mesh(
                List.of(dripping, well),
                "timeout.attempt",
                "200ms",
                "retry.on",
                "timeout",
                "budget",
                "100%"));
    Client fallingBack =
        wrap(mesh(dripping, "timeout", "100ms", "fallback", "default", "fallback.body", "default"));

    for (int i = 0; i < 6; i++) {
      assertThat(get(elsewhere).server()).isEqualTo(well.address());
    }
    assertThat(get(fallingBack).body()).isEqualTo("default");
  }

  @Test
  void aConnectionThatCannotBeMadeCostsTheConnectTimeout() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      List<Socket> waiting = fillBacklog(full);
      Mesh mesh =
          mesh(
              "127.0.0.1:" + full.getLocalPort(),
              "timeout",
              "30s",
              "timeout.connect",
              "50ms",
              "retry.on",
              "off");

      CallTimeoutException timeout =
          catchThrowableOfType(CallTimeoutException.class, () -> get(wrap(mesh)));

      assertThat(timeout.phase()).isEqualTo(Phase.CONNECT);
      assertThat(timeout).hasMessageContaining("connect timed out");
      for (Socket socket : waiting) {
        socket.close();
      }
    }
  }

  /** Nobody accepts: once the queue is full, the kernel drops what comes. */
  private static List<Socket> fillBacklog(ServerSocket full) throws IOException {
    List<Socket> waiting = new ArrayList<>();
    while (true) {
      Socket socket = new Socket();
      waiting.add(socket);
      try {
        socket.connect(full.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException dropped) {
        return waiting;
      }
    }
  }

  @Test
  void aTlsHandshakeThatHangsCostsTheConnectTimeout() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Client client =
          wrap(
              mesh(
                  "127.0.0.1:" + silent.getLocalPort(),
                  "timeout",
                  "30s",
                  "timeout.connect",
                  "50ms",
                  "retry.on",
                  "off"));

      CallTimeoutException timeout =
          catchThrowableOfType(
              CallTimeoutException.class,
              () -> client.send("GET", "https://inventory/", Map.of(), ""));

      assertThat(timeout.phase()).isEqualTo(phaseOfAHangingHandshake());
    }
  }

  @Test
  void aReadTimeoutBoundsTheWaitBetweenTwoReads() throws Exception {
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    Client client =
        wrap(mesh(hanging, "timeout", "30s", "timeout.read", "50ms", "retry.on", "off"));

    CallTimeoutException timeout =
        catchThrowableOfType(CallTimeoutException.class, () -> get(client));

    assertThat(timeout.phase()).isEqualTo(Phase.SERVER);
    assertThat(hanging.awaitClosedByPeer()).isTrue();
  }

  /** Where the connection is reset. */
  private enum Reset {
    NEVER,
    AFTER_THE_REQUEST,
    IN_MID_BODY,
    IN_MID_ANSWER;

    static Reset of(int id) {
      return values()[id % values().length];
    }

    /** Large enough that much of it is still to be written when the reset comes. */
    private static final String LARGE = "x".repeat(256 << 10);

    String body() {
      return this == IN_MID_BODY ? LARGE : "small";
    }

    Map<String, String> headers() {
      return this == IN_MID_BODY ? Map.of(LoopbackServer.READ_AT_MOST, "100") : Map.of();
    }

    boolean answer(LoopbackServer.Exchange exchange) throws IOException {
      if (this == NEVER) {
        return exchange.reply(200, "ok");
      }
      if (this == IN_MID_ANSWER) {
        exchange.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
      }
      return exchange.reset();
    }
  }

  @Test
  void aPostIsNeverSentTwiceOnceAByteHasLeft() throws Exception {
    Map<String, AtomicInteger> seen = new ConcurrentHashMap<>();
    LoopbackServer.Behaviour resets =
        e -> {
          seen.computeIfAbsent(e.path(), p -> new AtomicInteger()).incrementAndGet();
          return Reset.of(Integer.parseInt(e.path().substring(1))).answer(e);
        };
    Mesh mesh =
        mesh(
            List.of(server(resets), server(resets)),
            "retry.on",
            "connect,error,timeout,http_500,http_503",
            "budget",
            "100%",
            "retry.tries",
            "5",
            "breaker.enabled",
            "false",
            "outlier.mode",
            "off");
    Client client = wrap(mesh);
    int calls = posts();
    AtomicInteger next = new AtomicInteger();
    Map<Reset, AtomicInteger> broken = new ConcurrentHashMap<>();
    Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();

    List<Thread> callers = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread caller =
          new Thread(
              () -> {
                for (int id = next.getAndIncrement(); id < calls; id = next.getAndIncrement()) {
                  try {
                    postOnce(client, id, broken);
                  } catch (Exception | AssertionError e) {
                    wrong.add(e);
                  }
                }
              });
      callers.add(caller);
      caller.start();
    }
    for (Thread caller : callers) {
      caller.join();
    }

    assertThat(wrong).isEmpty();
    assertThat(broken)
        .containsOnlyKeys(Reset.AFTER_THE_REQUEST, Reset.IN_MID_BODY, Reset.IN_MID_ANSWER);
    assertThat(broken.values()).allMatch(count -> count.get() == calls / 4);
    assertThat(seen).hasSize(calls);
    assertThat(seen.values()).allMatch(count -> count.get() == 1);
    assertQuiet(mesh);
  }

  /** A multiple of 4: fewer where another test's client sends in the same way. */
  protected int posts() {
    return 10_000;
  }

  private static void postOnce(Client client, int id, Map<Reset, AtomicInteger> broken)
      throws IOException {
    Reset reset = Reset.of(id);
    try {
      Reply reply = client.send("POST", "http://inventory/" + id, reset.headers(), reset.body());
      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.source()).isEqualTo("live");
    } catch (MeshException broke) {
      assertThat(broke).hasMessageContaining("connection broke");
      broken.computeIfAbsent(reset, r -> new AtomicInteger()).incrementAndGet();
    }
  }

  @Test
  void aPostWithAnIdempotencyKeyAndAGetAreSentAgain() throws Exception {
    LoopbackServer resets = server(LoopbackServer.Exchange::reset);
    LoopbackServer well = well();
    Client client = wrap(mesh(List.of(resets, well), "outlier.mode", "off", "budget", "100%"));

    for (int i = 0; i < 10; i++) {
      Reply post =
          client.send("POST", "http://inventory/", Map.of("Idempotency-Key", "k" + i), "x");
      assertThat(post.server()).isEqualTo(well.address());
      assertThat(get(client).server()).isEqualTo(well.address());
    }
    assertThat(resets.requests).isNotEmpty();
  }

  @Test
  void aPostThatWasRefusedBeforeAByteLeftIsTriedElsewhere() throws Exception {
    LoopbackServer well = well();
    Client client = wrap(mesh(List.of("127.0.0.1:" + closedPort(), well)));

    for (int i = 0; i < 10; i++) {
      assertThat(post(client, "/p").server()).isEqualTo(well.address());
    }
    assertThat(well.requests).hasSize(10);
  }

  @Test
  void aServiceUnavailableWithRetryAfterZeroIsNotSentAgainBehindTheMesh() throws Exception {
    LoopbackServer busy = server(e -> e.reply(503, "busy", "Retry-After: 0"));
    Client client = wrap(mesh(busy, "retry.on", "off"));

    Reply reply = post(client, "/");

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.headers()).containsEntry("retry-after", "0");
    assertThat(busy.requests).hasSize(1);
  }

  @Test
  void aConnectionThatTheServerClosedForIdlenessIsNobodysFault() throws Exception {
    LoopbackServer server = well();
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    Mesh mesh =
        Mesh.builder().properties(keys(server, "retry.on", "off")).meterRegistry(registry).build();
    open.add(mesh);
    Client client = wrap(mesh);

    for (int i = 0; i < 20; i++) {
      Reply reply = get(client);
      assertThat(reply.source()).isEqualTo("live");
      server.closeConnections();
      await(() -> server.openConnections() == 0);
    }

    assertThat(registry.find("mesh.client.retries").counters()).allMatch(c -> c.count() == 0);
    assertThat(registry.find("mesh.client.attempts").tag("outcome", "failure").timer()).isNull();
  }

  @Test
  void tooManyRequestsKeepsTheServerOutUntilItsTime() throws Exception {
    LoopbackServer busy = server(e -> e.reply(429, "later", "Retry-After: 30"));
    LoopbackServer well = well();
    Mesh mesh = mesh(List.of(busy, well), "retry.on", "http_429");
    Client client = wrap(mesh);

    for (int i = 0; i < 30; i++) {
      assertThat(get(client).server()).isEqualTo(well.address());
    }

    assertThat(busy.requests).hasSize(1);
    ServerStatus status = mesh.upstream("inventory").servers().get(0);
    assertThat(status.state()).isEqualTo(ServerStatus.State.WAITING);
    assertThat(status.timeLeft().toSeconds()).isBetween(20L, 30L);
  }

  @Test
  void answersThatAreTheCallersFaultAreHandedOutAndBlameNobody() throws Exception {
    LoopbackServer server = server(e -> e.reply(404, "no such thing"));
    Mesh mesh = mesh(List.of(server, server(e -> e.reply(404, "no"))), "fallback", "default");
    Client client = wrap(mesh);

    for (int i = 0; i < 50; i++) {
      Reply reply = get(client);
      assertThat(reply.status()).isEqualTo(404);
      assertThat(reply.source()).isEqualTo("live");
    }
    assertThat(mesh.upstream("inventory").servers())
        .allMatch(s -> s.state() == ServerStatus.State.UP);
  }

  @Test
  void theBreakerOpensWhenTheUpstreamAsAWholeIsDownAndNobodyIsCalledAnyMore() throws Exception {
    LoopbackServer bad = server(e -> e.reply(500, "oops"));
    Client client = wrap(mesh(bad, "breaker.open-duration", "30s"));
    for (int i = 0; i < 10; i++) {
      assertThat(get(client).status()).isEqualTo(500);
    }

    assertThatThrownBy(() -> get(client))
        .isInstanceOf(BreakerOpenException.class)
        .hasMessageStartingWith("inventory: the breaker is open");
    assertThat(bad.requests).hasSize(10);
  }

  @Test
  void anUpstreamWithoutAServerToTrySaysWhy() throws Exception {
    Client client = wrap(mesh("10.255.0.1:80 down, 10.255.0.2:80 down"));

    assertThatThrownBy(() -> get(client))
        .hasMessage(
            "inventory: no server can be tried: 2 known, 2 down; list from configuration 0s ago");
  }

  @Test
  void theLastGoodAnswerIsServedWhenNothingHelps() throws Exception {
    LoopbackServer server = server(e -> e.reply(200, "good " + e.path(), "X-Mine: 1"));
    Mesh mesh = mesh(server, "fallback", "stale,default", "fallback.body", "default");
    Client client = wrap(mesh);
    assertThat(get(client, "/a").source()).isEqualTo("live");

    server.behave(e -> e.reply(500, "bad"));
    Reply stale = get(client, "/a");

    assertThat(stale.status()).isEqualTo(200);
    assertThat(stale.body()).isEqualTo("good /a");
    assertThat(stale.source()).matches("stale;age=\\d+s");
    assertThat(stale.server()).isEmpty();
    assertThat(stale.headers()).containsEntry("x-mine", "1");
    assertThat(get(client, "/b").body()).isEqualTo("default");
  }

  @Test
  void anAnswerOlderThanMaxStaleIsNotServed() throws Exception {
    LoopbackServer server = well();
    Mesh mesh =
        mesh(server, "fallback", "stale", "fallback.max-stale", "1ms", "breaker.enabled", "false");
    Client client = wrap(mesh);
    assertThat(get(client).body()).isEqualTo("well /v1");
    server.behave(e -> e.reply(500, "bad"));

    await(() -> statusOf(client) == 500);

    assertThat(get(client).body()).isEqualTo("bad");
  }

  private static int statusOf(Client client) {
    try {
      return get(client).status();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aStatusThatIsNoFailureIsHandedOutAndBlamesNobody() throws Exception {
    List<LoopbackServer> busy =
        List.of(server(e -> e.reply(503, "busy")), server(e -> e.reply(503, "busy")));
    Mesh mesh =
        mesh(
            busy,
            "failure.statuses",
            "500,502,504",
            "retry.on",
            "off",
            "fallback",
            "default",
            "outlier.consecutive-failures",
            "1");
    Client client = wrap(mesh);

    for (int i = 0; i < 50; i++) {
      Reply reply = get(client);
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.source()).isEqualTo("live");
    }
    assertThat(mesh.upstream("inventory").servers())
        .allMatch(s -> s.state() == ServerStatus.State.UP);

    Mesh byDefault = mesh(busy, "retry.on", "off", "fallback", "default");
    assertThat(get(wrap(byDefault)).source()).isEqualTo("default");
  }

  @Test
  void theDefaultsBodyMayComeFromAFile(@TempDir Path directory) throws Exception {
    Path file = directory.resolve("default.json");
    Files.writeString(file, "{\"price\":\"7 \u20ac\"}\n");
    Mesh mesh =
        mesh(
            server(e -> e.reply(500, "bad")),
            "fallback",
            "default",
            "fallback.body-file",
            file.toString());

    Reply reply = get(wrap(mesh));

    assertThat(reply.source()).isEqualTo("default");
    assertThat(reply.body()).isEqualTo("{\"price\":\"7 \u20ac\"}\n");
  }

  @Test
  void randomTwoLeavesTheOrderToChance() throws Exception {
    List<LoopbackServer> servers = List.of(well(), well(), well());

    // Idle servers of equal weight take turns, unless two are drawn.
    assertThat(timesInARow(wrap(mesh(servers)))).isZero();
    assertThat(timesInARow(wrap(mesh(servers, "balancer", "round_robin")))).isZero();
    assertThat(timesInARow(wrap(mesh(servers, "balancer", "random_two")))).isPositive();
  }

  /** How often of 99 calls one went to the same server as the call before. */
  private static int timesInARow(Client client) throws IOException {
    int times = 0;
    String before = "";
    for (int i = 0; i < 99; i++) {
      String server = get(client).server();
      times += server.equals(before) ? 1 : 0;
      before = server;
    }
    return times;
  }

  @Test
  void aServerMayHaveAnAddressOfIpVersion6() throws Exception {
    byte[] loopback = new byte[16];
    loopback[15] = 1;
    LoopbackServer server;
    try {
      server =
          LoopbackServer.startOn(
              InetAddress.getByAddress(loopback), e -> e.reply(200, "well at six"));
    } catch (IOException e) {
      throw new TestAbortedException("skipped: no server can listen at ::1 here: " + e, e);
    }
    open.add(server);

    Reply reply = get(wrap(mesh("[::1]:" + server.port())));

    assertThat(reply.body()).isEqualTo("well at six");
    assertThat(reply.server()).isEqualTo("[::1]:" + server.port());
  }

  @Test
  void whatBelongsToSomebodyIsNeverKept() throws Exception {
    LoopbackServer server = well();
    Client client = wrap(mesh(server, "fallback", "stale,default", "fallback.body", "default"));
    record Case(String path, Map<String, String> request, String responseHeader) {}
    List<Case> cases =
        List.of(
            new Case("/1", Map.of("Authorization", "Basic x"), "X: y"),
            new Case("/2", Map.of("Cookie", "a=b"), "X: y"),
            new Case("/3", Map.of(), "Cache-Control: max-age=3, no-store"),
            new Case("/4", Map.of(), "Cache-Control: Private"),
            new Case("/5", Map.of(), "Set-Cookie: a=b"),
            new Case("/6", Map.of(), "Vary: Accept-Language"),
            new Case("/7", Map.of("Range", "bytes=0-1"), "X: y"));

    for (Case c : cases) {
      server.behave(e -> e.reply(200, "secret", c.responseHeader));
      assertThat(client.send("GET", "http://inventory" + c.path, c.request, "").body())
          .isEqualTo("secret");
      server.behave(e -> e.reply(500, "bad"));
      assertThat(client.send("GET", "http://inventory" + c.path, c.request, "").body())
          .as(c.path)
          .isEqualTo("default");
      assertThat(get(client, c.path).body()).as(c.path).isEqualTo("default");
      server.behave(e -> e.reply(200, "well"));
      for (int i = 0; i < 20; i++) {
        post(client, "/well");
      }
    }
    assertThat(post(client, "/post").body()).isEqualTo("well");
    server.behave(e -> e.reply(500, "bad"));
    assertThat(post(client, "/post").body()).isEqualTo("default");
  }

  @Test
  void headersNamedInVaryArePartOfTheKey() throws Exception {
    LoopbackServer server =
        server(
            e ->
                e.reply(
                    200,
                    "in " + e.headers().get("accept-language") + e.headers().get("authorization")));
    Client client =
        wrap(mesh(server, "fallback", "stale", "fallback.vary", "Accept-Language,Authorization"));
    client.send(
        "GET", "http://inventory/", Map.of("Accept-Language", "no", "Authorization", "me"), "");
    client.send("GET", "http://inventory/", Map.of("Accept-Language", "se"), "");
    server.behave(e -> e.reply(500, "bad"));

    assertThat(
            client
                .send(
                    "GET",
                    "http://inventory/",
                    Map.of("Accept-Language", "no", "Authorization", "me"),
                    "")
                .body())
        .isEqualTo("in nome");
    assertThat(client.send("GET", "http://inventory/", Map.of("Accept-Language", "se"), "").body())
        .isEqualTo("in senull");
    assertThat(
            client.send("GET", "http://inventory/", Map.of("Accept-Language", "dk"), "").status())
        .isEqualTo(500);
  }

  @Test
  void anAnswerCutShortOrTooLargeIsNotKept() throws Exception {
    LoopbackServer server = server(e -> e.reply(200, "x".repeat(5_000)));
    Client client =
        wrap(mesh(server, "fallback", "stale", "fallback.max-bytes", "4k", "retry.on", "off"));
    assertThat(get(client, "/large").body()).hasSize(5_000);
    server.behave(
        e -> {
          e.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this");
          return false;
        });
    assertThatThrownBy(() -> get(client, "/short")).isInstanceOf(MeshException.class);
    server.behave(e -> e.reply(500, "bad"));

    assertThat(get(client, "/large").status()).isEqualTo(500);
    assertThat(get(client, "/short").status()).isEqualTo(500);
  }

  @Test
  void aFallbackInCodeAnswersAndKnowsWhatFailed() throws Exception {
    LoopbackServer bad = server(e -> e.reply(500, "oops"));
    Mesh mesh =
        Mesh.builder()
            .properties(keys(bad))
            .fallback(
                "inventory",
                call ->
                    Answer.of(
                        200,
                        "text/plain",
                        call.method() + " " + call.uri() + " " + call.failure().getMessage()))
            .build();
    open.add(mesh);

    Reply reply = get(wrap(mesh));

    assertThat(reply.source()).isEqualTo("default");
    assertThat(reply.body())
        .startsWith("GET http://inventory/v1 inventory: no good answer after ")
        .endsWith(bad.address() + " http 500");
  }

  @Test
  void aFallbackInCodeThatHangsWithoutADefaultIsWhatTookTheTime() throws Exception {
    String refused = "127.0.0.1:" + closedPort();
    Mesh mesh =
        Mesh.builder()
            .properties(keys(refused, "timeout", "200ms"))
            .fallback(
                "inventory",
                call -> {
                  new CountDownLatch(1).await();
                  return nothing();
                })
            .build();
    open.add(mesh);
    Client client = wrap(mesh);

    CallTimeoutException timeout =
        catchThrowableOfType(CallTimeoutException.class, () -> get(client));

    assertThat(timeout.phase()).isEqualTo(Phase.FALLBACK);
    assertThat(timeout)
        .hasMessageMatching(
            "inventory: timed out in phase fallback after \\d+ ms, instead of: inventory: no attempt"
                + " succeeded after .*"
                + refused
                + " connect refused.*")
        .hasCauseInstanceOf(MeshException.class);
    assertQuiet(mesh);
  }

  /** More than all buffers on the way hold, so that somebody has to read it. */
  @Test
  void aRequestThatTheServerDoesNotReadIsInPhaseWrite() throws Exception {
    try (ServerSocket deaf = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Client client = wrap(mesh("127.0.0.1:" + deaf.getLocalPort(), "timeout", "1s"));
      String large = "x".repeat(32 << 20);

      CallTimeoutException timeout =
          catchThrowableOfType(
              CallTimeoutException.class,
              () -> client.send("POST", "http://inventory/", Map.of(), large));

      assertThat(timeout.phase()).isEqualTo(Phase.WRITE);
      assertThat(timeout).hasMessageStartingWith("inventory: timed out in phase write after ");
    }
  }

  @Test
  void aFallbackInCodeThatHangsOrThrowsLeavesTheDefaultInTime() throws Exception {
    CountDownLatch interrupted = new CountDownLatch(1);
    LoopbackServer bad = server(e -> e.reply(500, "oops"));
    Mesh mesh =
        Mesh.builder()
            .properties(
                keys(bad, "timeout", "200ms", "fallback", "default", "fallback.body", "default"))
            .fallback(
                "inventory",
                call -> {
                  if (call.uri().getPath().equals("/throws")) {
                    throw new IllegalStateException("no");
                  }
                  if (call.uri().getPath().equals("/null")) {
                    return nothing();
                  }
                  if (call.uri().getPath().equals("/rethrows")) {
                    throw call.failure();
                  }
                  try {
                    new CountDownLatch(1).await();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                  }
                  return Answer.of(200, "", "late");
                })
            .build();
    open.add(mesh);
    Client client = wrap(mesh);

    assertThat(get(client, "/throws").body()).isEqualTo("default");
    assertThat(get(client, "/rethrows").body()).isEqualTo("default");
    assertThat(get(client, "/null").body()).isEqualTo("default");
    assertThat(get(client, "/hangs").body()).isEqualTo("default");
    assertThat(interrupted.await(10, TimeUnit.SECONDS)).isTrue();
    assertQuiet(mesh);
  }

  /** What code without null checks may answer. */
  @SuppressWarnings("NullAway")
  private static Answer nothing() {
    return null;
  }

  @Test
  void garbageAndEarlyClosesAreAClearErrorAndNothingIsStuck() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(server, "retry.on", "off", "breaker.enabled", "false", "timeout", "5s");
    Client client = wrap(mesh);
    List<LoopbackServer.Behaviour> faults =
        List.of(
            e -> {
              e.write("\0\1\2 this is not HTTP at all\r\n\r\n");
              return false;
            },
            e -> false,
            e -> {
              e.write("HTTP/1.1 200");
              return false;
            },
            LoopbackServer.Exchange::reset,
            e -> {
              e.write("HTTP/1.1 200 OK\r\nContent-Length: minus\r\n\r\nx");
              return e.reset();
            },
            e -> {
              e.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nshort");
              return false;
            },
            e -> {
              e.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nnot a size");
              return false;
            });

    for (LoopbackServer.Behaviour fault : faults) {
      server.behave(fault);
      assertThatThrownBy(() -> get(client))
          .isInstanceOf(MeshException.class)
          .hasMessageStartingWith("inventory: ")
          .hasMessageContaining(server.address());
    }
    assertQuiet(mesh);
  }

  @Test
  void aHundredMegabytesOfHeadersAreRefused() throws Exception {
    LoopbackServer server =
        server(
            e -> {
              e.write("HTTP/1.1 200 OK\r\n");
              String header = "X-Long: " + "x".repeat(10_000) + "\r\n";
              for (int i = 0; i < 10_000; i++) {
                e.write(header);
              }
              return e.reply(200, "");
            });
    Mesh mesh = mesh(server, "retry.on", "off");

    assertThatThrownBy(() -> get(wrap(mesh)))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining(server.address());
    assertQuiet(mesh);
  }

  @Test
  void furtherHostNamesMeanTheUpstreamAndOthersPassUntouched() throws Exception {
    LoopbackServer well = well();
    LoopbackServer stranger = server(e -> e.reply(200, "stranger"));
    Mesh mesh = mesh(well, "hosts", "inventory.example.no, 10.255.255.1:5000");
    Client client = wrap(mesh);

    Reply byName = client.send("GET", "http://inventory.example.no:8080/x", Map.of(), "");
    Reply byAddress = client.send("GET", "http://10.255.255.1:5000/x", Map.of(), "");
    Reply other = client.send("GET", "http://" + stranger.address() + "/x", Map.of(), "");

    assertThat(byName.server()).isEqualTo(well.address());
    assertThat(byAddress.server()).isEqualTo(well.address());
    assertThat(other.body()).isEqualTo("stranger");
    assertThat(other.headers()).doesNotContainKeys("mesh-source", "mesh-server");
  }

  @Test
  void aDisabledMeshPassesEverythingOn() throws Exception {
    LoopbackServer real = well();
    Mesh mesh = mesh("10.255.255.1:1", "hosts", real.address(), "mesh.enabled", "false");

    Reply reply = wrap(mesh).send("GET", "http://" + real.address() + "/", Map.of(), "");

    assertThat(reply.body()).isEqualTo("well /");
    assertThat(reply.source()).isEmpty();
  }

  @Test
  void drainedServersGetNothingAndNoCallFails() throws Exception {
    LoopbackServer a = well();
    LoopbackServer b = well();
    Mesh mesh = mesh(List.of(a, b));
    Client client = wrap(mesh);

    mesh.upstream("inventory").drain(a.address()).get(5, TimeUnit.SECONDS);
    int before = a.requests.size();
    for (int i = 0; i < 20; i++) {
      assertThat(get(client).server()).isEqualTo(b.address());
    }
    assertThat(a.requests).hasSize(before);
    mesh.upstream("inventory").restore(a.address());
    Set<String> used = new TreeSet<>();
    for (int i = 0; i < 20; i++) {
      used.add(get(client).server());
    }

    assertThat(used).hasSize(2);
  }

  @Test
  void weightsFiveOneOneAreExactInEverySevenSequentialCalls() throws Exception {
    LoopbackServer a = well();
    LoopbackServer b = well();
    LoopbackServer c = well();
    Client client =
        wrap(
            mesh(
                a.address() + " weight=5," + b.address() + "," + c.address(),
                "balancer",
                "round_robin"));
    List<String> order = new ArrayList<>();
    for (int i = 0; i < 70; i++) {
      order.add(get(client).server());
    }

    int run = 0;
    for (int i = 0; i < 70; i++) {
      run = order.get(i).equals(a.address()) ? run + 1 : 0;
      assertThat(run).isLessThan(5);
      if (i >= 6) {
        List<String> seven = order.subList(i - 6, i + 1);
        assertThat(seven).filteredOn(a.address()::equals).hasSize(5);
        assertThat(seven).filteredOn(b.address()::equals).hasSize(1);
      }
    }
  }

  @Test
  void eachServerHasConnectionsOfItsOwn() throws Exception {
    LoopbackServer a = server(e -> e.reply(200, "a"));
    LoopbackServer b = server(e -> e.reply(200, "b"));
    Client client = wrap(mesh(List.of(a, b), "balancer", "round_robin"));

    for (int i = 0; i < 20; i++) {
      Reply reply = get(client);
      assertThat(reply.body()).isEqualTo(reply.server().equals(a.address()) ? "a" : "b");
    }
    assertThat(a.connections.get()).isOne();
    assertThat(b.connections.get()).isOne();
  }

  @Test
  void aCallToAnUpstreamNamedByAnAddressGoesToItsServers() throws Exception {
    Client client = wrap(mesh(well(), "hosts", "10.255.255.1"));

    Reply reply = client.send("GET", "http://10.255.255.1:99/z", Map.of(), "");

    assertThat(reply.body()).isEqualTo("well /z");
  }

  @Test
  void ipv6HostsMeanTheUpstreamHoweverTheyAreWritten() throws Exception {
    Client client = wrap(mesh(well(), "hosts", "[2001:db8:0:0::9]:8080, [2001:db8::7]"));

    Reply withPort = client.send("GET", "http://[2001:db8::9]:8080/a", Map.of(), "");
    Reply withoutPort = client.send("GET", "http://[2001:db8:0::7]/b", Map.of(), "");

    assertThat(withPort.body()).isEqualTo("well /a");
    assertThat(withoutPort.body()).isEqualTo("well /b");
  }

  @Test
  void aNameThatDoesNotResolveIsAClearError() {
    Mesh mesh = mesh("no-such-host.invalid:80", "retry.on", "off", "timeout", "20s");

    assertThatThrownBy(() -> get(wrap(mesh)))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining("no-such-host.invalid:80 connect failed")
        .hasRootCauseInstanceOf(UnknownHostException.class);
  }

  @Test
  void answersWithoutABodyAreOverAtOnce() throws Exception {
    LoopbackServer server =
        server(
            e -> {
              if (e.method().equals("HEAD")) {
                e.write("HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n");
              } else {
                e.write("HTTP/1.1 204 No Content\r\n\r\n");
              }
              return true;
            });
    Mesh mesh = mesh(server, "timeout", "30s");
    Client client = wrap(mesh);

    for (int i = 0; i < 5; i++) {
      assertThat(get(client).status()).isEqualTo(204);
      assertThat(client.send("HEAD", "http://inventory/", Map.of(), "").status()).isEqualTo(200);
    }

    assertQuiet(mesh);
    assertThat(server.connections.get()).isOne();
  }

  @Test
  void aFailingAnswerIsNotWaitedForToTheLastByte() throws Exception {
    LoopbackServer stalling =
        server(
            e -> {
              e.write("HTTP/1.1 503 Busy\r\nContent-Length: 1000\r\n\r\nx");
              return e.hang();
            });
    LoopbackServer well = well();
    Client client = wrap(mesh(List.of(stalling, well), "budget", "100%"));

    for (int i = 0; i < 6; i++) {
      assertThat(get(client).server()).isEqualTo(well.address());
    }
    assertThat(stalling.awaitClosedByPeer()).isTrue();
  }

  @Test
  void callsThatNobodyCouldTakeDoNotOpenTheBreaker() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(server, "breaker.open-duration", "1h");
    Client client = wrap(mesh);
    mesh.upstream("inventory").drain(server.address()).get(5, TimeUnit.SECONDS);
    for (int i = 0; i < 40; i++) {
      assertThatThrownBy(() -> get(client)).isInstanceOf(NoServerException.class);
    }

    mesh.upstream("inventory").restore(server.address());

    assertThat(get(client).status()).isEqualTo(200);
  }

  @Test
  void theBreakerStillOpensForRealFailures() throws Exception {
    LoopbackServer server = server(LoopbackServer.Exchange::reset);
    Client client = wrap(mesh(server, "retry.on", "off", "breaker.open-duration", "1h"));
    for (int i = 0; i < 10; i++) {
      assertThatThrownBy(() -> get(client)).isInstanceOf(IOException.class);
    }

    assertThatThrownBy(() -> get(client)).isInstanceOf(BreakerOpenException.class);
  }

  @Test
  void aRequestThatMakesTheServerDropItsConnectionsIsSentTwiceAtMost() throws Exception {
    CountDownLatch together = new CountDownLatch(8);
    LoopbackServer server =
        server(
            e -> {
              together.countDown();
              together.await();
              return e.reply(200, "ok");
            });
    Client client = wrap(mesh(server, "retry.on", "off"));
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      Thread thread =
          new Thread(
              () -> {
                try {
                  get(client);
                } catch (IOException e) {
                  throw new AssertionError(e);
                }
              });
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
    server.behave(e -> false);

    assertThatThrownBy(() -> get(client, "/poison")).isInstanceOf(IOException.class);

    assertThat(server.requests).filteredOn(e -> e.path().equals("/poison")).hasSize(2);
  }

  @Test
  void anInterruptedCallerBlamesNobody() throws Exception {
    LoopbackServer a = well();
    LoopbackServer b = well();
    Mesh mesh = mesh(List.of(a, b), "fallback", "default");
    Client client = wrap(mesh);

    for (int i = 0; i < 20; i++) {
      AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
      Thread caller =
          new Thread(
              () -> {
                Thread.currentThread().interrupt();
                try {
                  get(client);
                } catch (IOException e) {
                  thrown.set(e);
                }
              });
      caller.start();
      caller.join();
      assertThat(thrown.get()).isInstanceOf(IOException.class);
    }

    assertThat(a.requests.size() + b.requests.size()).isLessThanOrEqualTo(20);
    assertThat(mesh.upstream("inventory").servers())
        .allMatch(s -> s.state() == ServerStatus.State.UP);
    assertQuiet(mesh);
    assertThat(get(client).source()).isEqualTo("live");
  }

  @Test
  void redirectsAreFollowedWithinTheUpstreamToOthersAndOutOfTheMesh() throws Exception {
    LoopbackServer stranger =
        server(e -> e.reply(200, "stranger " + e.headers().get("authorization")));
    LoopbackServer server =
        server(
            e ->
                switch (e.path()) {
                  case "/within" -> e.reply(302, "", "Location: /v1");
                  case "/other" -> e.reply(307, "", "Location: http://payments/x");
                  case "/out" -> e.reply(301, "", "Location: http://" + stranger.address() + "/y");
                  default -> e.reply(200, e.method() + " " + e.path() + " " + e.body());
                });
    LoopbackServer payments = server(e -> e.reply(200, "payments " + e.method() + " " + e.body()));
    Mesh mesh = mesh(server, "mesh.upstream.payments.servers", payments.address());
    Client client = wrap(mesh);

    Reply within = post(client, "/within");
    Reply other = client.send("POST", "http://inventory/other", Map.of(), "money");
    Map<String, String> authorized = Map.of("Authorization", "secret");
    Reply out = client.send("GET", "http://inventory/out", authorized, "");

    assertThat(within.body()).isEqualTo("GET /v1 ");
    assertThat(within.server()).isEqualTo(server.address());
    assertThat(other.body()).isEqualTo("payments POST money");
    assertThat(out.body()).isEqualTo("stranger null");
    assertThat(out.source()).isEmpty();
    assertQuiet(mesh);
  }

  @Test
  void aRedirectIntoAnotherUpstreamKeepsTheFirstDeadline() throws Exception {
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    LoopbackServer redirecting = server(e -> e.reply(302, "", "Location: http://payments/x"));
    Mesh mesh =
        mesh(
            redirecting,
            "timeout",
            "200ms",
            "mesh.upstream.payments.servers",
            hanging.address(),
            "mesh.upstream.payments.timeout",
            "45s");

    assertThatThrownBy(() -> get(wrap(mesh)))
        .isInstanceOfSatisfying(
            CallTimeoutException.class, e -> assertThat(e.upstream()).isEqualTo("payments"));
  }

  @Test
  void aRedirectOutOfTheMeshKeepsTheDeadlineToTheLastByte() throws Exception {
    LoopbackServer dripping = dripping(1_000_000, new AtomicInteger());
    LoopbackServer redirecting =
        server(e -> e.reply(302, "", "Location: http://" + dripping.address() + "/"));

    assertThatThrownBy(() -> get(wrap(mesh(redirecting, "timeout", "200ms"))))
        .isInstanceOf(IOException.class);
    assertThat(dripping.awaitClosedByPeer()).isTrue();
  }

  @Test
  void anEncodedAnswerIsNotKept() throws Exception {
    LoopbackServer server = server(e -> e.reply(200, "????", "Content-Encoding: br"));
    Client client = wrap(mesh(server, "fallback", "stale,default", "fallback.body", "default"));
    client.send("GET", "http://inventory/v1", Map.of("Accept-Encoding", "br"), "");
    server.behave(e -> e.reply(500, "bad"));

    assertThat(get(client).body()).isEqualTo("default");
  }

  @Test
  void headersThatAreNotAsciiAreServedAsTheyCame() throws Exception {
    LoopbackServer server = server(e -> e.reply(200, "good", "X-City: Troms\u00f8"));
    Client client = wrap(mesh(server, "fallback", "stale"));
    assertThat(get(client).body()).isEqualTo("good");
    server.behave(e -> e.reply(503, "bad", "Retry-After: bient\u00f4t"));

    assertThat(get(client).body()).isEqualTo("good");
    assertThat(get(client, "/other").status()).isEqualTo(503);
  }

  @Test
  void whatAnAttemptCameToStandsWhenNobodyIsLeftAfterTheBackoff() throws Exception {
    AtomicReference<@Nullable Mesh> drained = new AtomicReference<>();
    LoopbackServer server =
        server(
            e -> {
              CompletableFuture<Void> unused =
                  Objects.requireNonNull(drained.get())
                      .upstream("inventory")
                      .drain(e.server().address());
              if (e.path().equals("/busy")) {
                return e.reply(503, "busy");
              }
              e.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
              return e.reset();
            });
    Mesh mesh = mesh(server, "retry.backoff", "10ms", "budget", "100%");
    drained.set(mesh);
    Client client = wrap(mesh);

    Reply busy = get(client, "/busy");
    mesh.upstream("inventory").restore(server.address());
    Throwable half = catchThrowable(() -> get(client, "/half"));

    assertThat(busy.status()).isEqualTo(503);
    assertThat(busy.body()).isEqualTo("busy");
    assertThat(busy.source()).isEqualTo("live");
    assertThat(half).isInstanceOf(MeshException.class).hasMessageContaining("connection broke");
    assertThat(server.requests).hasSize(2);
    assertQuiet(mesh);
  }
}
