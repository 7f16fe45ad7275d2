package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.call.Answer;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.Deadline;
import dev.inmesh.call.MeshException;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.LoopbackServer.Exchange;
import dev.inmesh.http.Reply;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.SocketFactory;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.Cache;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.Connection;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.WebSocket;
import okhttp3.WebSocketListener;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What OkHttp's users rely on keeps working through the mesh. */
final class OkHttpFeaturesTest extends LoopbackFixture {

  private static final Request GET = get("/v1");

  private static Request get(String path) {
    return new Request.Builder().url("http://inventory" + path).build();
  }

  private static Reply send(OkHttpClient http, Request request) throws IOException {
    return OkHttpDriverTest.reply(http, request);
  }

  private static CompletableFuture<Reply> enqueue(Call call) {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    call.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call c, IOException e) {
            if (!reply.completeExceptionally(e)) {
              throw new AssertionError("completed twice", e);
            }
          }

          @Override
          public void onResponse(Call c, Response response) throws IOException {
            try (response) {
              String source = response.header("mesh-source", "");
              reply.complete(
                  new Reply(
                      response.code(), Map.of("mesh-source", source), response.body().string()));
            }
          }
        });
    return reply;
  }

  @Test
  void twoHundredAsynchronousCallsRunAtOnceAgainstOneUpstream() throws Exception {
    CountDownLatch all = new CountDownLatch(200);
    LoopbackServer server =
        server(
            e -> {
              all.countDown();
              all.await();
              return e.reply(200, "ok");
            });
    Mesh mesh = mesh(server);
    OkHttpClient http = mesh.wrap(new OkHttpClient());
    List<CompletableFuture<Reply>> replies = new ArrayList<>();

    for (int i = 0; i < 200; i++) {
      replies.add(enqueue(http.newCall(GET)));
    }

    for (CompletableFuture<Reply> reply : replies) {
      assertThat(reply.get(30, TimeUnit.SECONDS).body()).isEqualTo("ok");
    }
    assertQuiet(mesh);
  }

  @Test
  void limitsThatTheUserSetOnTheDispatcherStay() {
    Dispatcher mine = new Dispatcher();
    mine.setMaxRequests(17);
    mine.setMaxRequestsPerHost(3);
    Mesh mesh = mesh("127.0.0.1:1");

    Dispatcher kept = mesh.wrap(new OkHttpClient.Builder().dispatcher(mine).build()).dispatcher();
    Dispatcher raised = mesh.wrap(new OkHttpClient()).dispatcher();

    assertThat(List.of(kept.getMaxRequests(), kept.getMaxRequestsPerHost())).containsExactly(17, 3);
    assertThat(List.of(raised.getMaxRequests(), raised.getMaxRequestsPerHost()))
        .containsExactly(1024, 1024);
    assertThat(new OkHttpClient().dispatcher().getMaxRequestsPerHost()).isEqualTo(5);
  }

  @Test
  void aCancelledCallEndsAndBlamesNobody() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Mesh mesh = mesh(hanging, "fallback", "default");
    OkHttpClient http = mesh.wrap(new OkHttpClient());

    for (boolean async : new boolean[] {true, false}) {
      Call call = http.newCall(GET);
      int before = hanging.requests.size();
      CompletableFuture<Reply> reply =
          async ? enqueue(call) : CompletableFuture.supplyAsync(() -> executed(call));
      await(() -> hanging.requests.size() > before);
      call.cancel();

      assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS))
          .hasRootCauseMessage("Socket closed");
    }
    assertThat(hanging.awaitClosedByPeer()).isTrue();
    assertQuiet(mesh);
    assertThat(mesh.upstream("inventory").servers().get(0).reason()).isEmpty();
  }

  private static Reply executed(Call call) {
    try (Response response = call.execute()) {
      return new Reply(response.code(), Map.of(), response.body().string());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void aCallCancelledWhileItWaitsForItsRetryEnds() throws Exception {
    LoopbackServer bad = server(e -> e.reply(503, ""));
    Mesh mesh = mesh(bad, "retry.backoff", "30s", "timeout", "60s");
    Call call = mesh.wrap(new OkHttpClient()).newCall(GET);
    CompletableFuture<Reply> reply = enqueue(call);
    await(() -> bad.requests.size() == 1);

    call.cancel();

    assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    assertThat(bad.requests).hasSize(1);
    assertQuiet(mesh);
  }

  @Test
  void theUsersCallTimeoutBoundsHeadersAndBody() throws Exception {
    LoopbackServer server = server(Exchange::hang);
    Mesh mesh = mesh(server, "timeout", "30s");
    OkHttpClient http =
        mesh.wrap(new OkHttpClient.Builder().callTimeout(Duration.ofMillis(100)).build());

    assertThatThrownBy(() -> send(http, GET))
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("timeout");
    server.behave(
        e -> {
          e.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx");
          return e.hang();
        });

    assertThatThrownBy(() -> send(http, GET)).isInstanceOf(CallTimeoutException.class);
    assertQuiet(mesh);
  }

  @Test
  void aBodyThatNobodyReadsOrClosesIsGivenBackAtTheDeadline() throws Exception {
    LoopbackServer server =
        server(
            e -> {
              e.write("HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nx");
              return e.hang();
            });
    Mesh mesh = mesh(server, "timeout", "100ms");

    Response leaked = mesh.wrap(new OkHttpClient()).newCall(GET).execute();

    assertQuiet(mesh);
    assertThat(server.awaitClosedByPeer()).isTrue();
    assertThatThrownBy(() -> leaked.body().string()).isInstanceOf(MeshException.class);
  }

  @Test
  void aBodyClosedEarlyIsASuccess() throws Exception {
    LoopbackServer server = server(e -> e.reply(200, "x".repeat(1_000_000)));
    Mesh mesh = mesh(server);

    mesh.wrap(new OkHttpClient()).newCall(GET).execute().close();

    assertQuiet(mesh);
    assertThat(mesh.upstream("inventory").servers().get(0).latency()).isPositive();
  }

  @Test
  void interceptorsRunOnceRoundTheCallAndNetworkInterceptorsRoundEachAttempt() throws Exception {
    LoopbackServer bad = server(e -> e.reply(503, ""));
    List<String> seen = new CopyOnWriteArrayList<>();
    OkHttpClient mine =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> {
                  seen.add("application " + chain.request().url());
                  return chain.proceed(chain.request().newBuilder().header("X-Mine", "1").build());
                })
            .addNetworkInterceptor(
                chain -> {
                  seen.add(
                      "network " + chain.request().url() + " " + chain.request().header("X-Mine"));
                  return chain.proceed(chain.request());
                })
            .build();

    Reply reply = send(mesh(bad).wrap(mine), GET);

    assertThat(reply.status()).isEqualTo(503);
    assertThat(seen)
        .containsExactly(
            "application http://inventory/v1",
            "network http://inventory/v1 1",
            "network http://inventory/v1 1");
    assertThat(bad.requests).allMatch(e -> "1".equals(e.headers().get("x-mine")));
  }

  @Test
  void timeoutsThatAnInterceptorSetsHoldForTheAttempts() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    OkHttpClient mine =
        new OkHttpClient.Builder()
            .addInterceptor(
                chain -> chain.withReadTimeout(50, TimeUnit.MILLISECONDS).proceed(chain.request()))
            .build();

    assertThatThrownBy(() -> send(mesh(hanging, "timeout", "30s").wrap(mine), GET))
        .isInstanceOf(CallTimeoutException.class)
        .hasMessageContaining("phase server");
  }

  @Test
  void theEventListenerHearsOneCallWithTheEventsOfItsAttempts() throws Exception {
    LoopbackServer well =
        server(
            e -> {
              e.write(
                  "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nwell\r\n0\r\n\r\n");
              return true;
            });
    List<String> events = new CopyOnWriteArrayList<>();
    Recorder recorder = new Recorder(events);
    OkHttpClient http = mesh(well).wrap(new OkHttpClient.Builder().eventListener(recorder).build());
    Call call = http.newCall(GET);
    recorder.expected = call;

    try (Response response = call.execute()) {
      assertThat(events).doesNotContain("callEnd");
      assertThat(response.body().string()).isEqualTo("well");
    }

    assertThat(events)
        .containsExactly(
            "callStart",
            "connectStart " + well.port(),
            "connectEnd",
            "connectionAcquired",
            "requestHeadersEnd",
            "responseHeadersEnd",
            "responseBodyEnd",
            "callEnd");
  }

  private static final class Recorder extends EventListener {

    private final List<String> events;
    private volatile @Nullable Call expected;

    Recorder(List<String> events) {
      this.events = events;
    }

    private void hear(Call call, String event) {
      events.add(call == expected ? event : event + " of another call");
    }

    @Override
    public void callStart(Call call) {
      hear(call, "callStart");
    }

    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
      hear(call, "connectStart " + address.getPort());
    }

    @Override
    public void connectEnd(
        Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
      hear(call, "connectEnd");
    }

    @Override
    public void connectionAcquired(Call call, Connection connection) {
      hear(call, "connectionAcquired");
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
      hear(call, "requestHeadersEnd");
    }

    @Override
    public void responseHeadersEnd(Call call, Response response) {
      hear(call, "responseHeadersEnd");
    }

    @Override
    public void responseBodyEnd(Call call, long byteCount) {
      hear(call, "responseBodyEnd");
    }

    @Override
    public void callEnd(Call call) {
      hear(call, "callEnd");
    }

    @Override
    public void callFailed(Call call, IOException failure) {
      hear(call, "callFailed");
    }

    @Override
    public void canceled(Call call) {
      hear(call, "canceled");
    }
  }

  @Test
  void aCancelReachesTheAttemptAlsoWhenTheEventListenerWasReplacedAfterWrapping() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Mesh mesh = mesh(hanging);
    OkHttpClient http =
        mesh.wrap(new OkHttpClient()).newBuilder().eventListener(new EventListener() {}).build();
    Call call = http.newCall(GET);
    CompletableFuture<Reply> reply = enqueue(call);
    await(() -> hanging.requests.size() == 1);

    call.cancel();

    assertThatThrownBy(() -> reply.get(10, TimeUnit.SECONDS)).hasCauseInstanceOf(IOException.class);
    assertQuiet(mesh);
  }

  @Test
  void theDeadlineOfWhoMadeTheCallHoldsThoughTheCallHasAListenerOfItsOwn() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    OkHttpClient users = new OkHttpClient.Builder().readTimeout(Duration.ZERO).build();
    Call call = mesh(hanging, "timeout", "60s").wrap(users).newCall(GET);
    call.addEventListener(new EventListener() {});

    CompletableFuture<Reply> reply;
    Deadline.Scope page = Deadline.within(Duration.ofMillis(200)).open();
    try {
      reply = enqueue(call);
    } finally {
      page.close();
    }

    assertThatThrownBy(() -> reply.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(CallTimeoutException.class);
  }

  @Test
  void aCancelReachesAFallbackInCode() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    Mesh mesh =
        Mesh.builder()
            .properties(keys("127.0.0.1:" + closedPort(), "timeout", "60s", "retry.on", "off"))
            .fallback(
                "inventory",
                failed -> {
                  asked.countDown();
                  try {
                    return new CompletableFuture<Answer>().get();
                  } catch (InterruptedException e) {
                    interrupted.countDown();
                    throw e;
                  }
                })
            .build();
    open.add(mesh);
    Call call = mesh.wrap(new OkHttpClient()).newCall(GET);
    CompletableFuture<Reply> reply = CompletableFuture.supplyAsync(() -> executed(call));
    asked.await();

    call.cancel();

    assertThatThrownBy(() -> reply.get(20, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
    interrupted.await();
    assertQuiet(mesh);
  }

  @Test
  void cookiesGoToEveryServerOfTheUpstream() throws Exception {
    LoopbackServer a = server(e -> e.reply(200, "a", "Set-Cookie: session=1"));
    LoopbackServer b = server(e -> e.reply(200, "b", "Set-Cookie: session=1"));
    List<Cookie> jar = new CopyOnWriteArrayList<>();
    OkHttpClient mine =
        new OkHttpClient.Builder()
            .cookieJar(
                new CookieJar() {
                  @Override
                  public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {
                    jar.clear();
                    jar.addAll(cookies);
                  }

                  @Override
                  public List<Cookie> loadForRequest(HttpUrl url) {
                    return jar.stream().filter(c -> c.matches(url)).toList();
                  }
                })
            .build();
    OkHttpClient http = mesh(List.of(a, b), "balancer", "round_robin").wrap(mine);

    for (int i = 0; i < 4; i++) {
      send(http, GET);
    }

    assertThat(a.requests.get(1).headers()).containsEntry("cookie", "session=1");
    assertThat(b.requests.get(1).headers()).containsEntry("cookie", "session=1");
  }

  @Test
  void theUsersCacheSeesOneUrlWhateverServerAnswers(@TempDir Path directory) throws Exception {
    AtomicInteger answers = new AtomicInteger();
    LoopbackServer.Behaviour cacheable =
        e -> e.reply(200, "answer " + answers.incrementAndGet(), "Cache-Control: max-age=60");
    LoopbackServer a = server(cacheable);
    LoopbackServer b = server(cacheable);
    try (Cache cache = new Cache(directory.toFile(), 1_000_000)) {
      OkHttpClient http =
          mesh(List.of(a, b), "balancer", "round_robin")
              .wrap(new OkHttpClient.Builder().cache(cache).build());

      for (int i = 0; i < 6; i++) {
        assertThat(send(http, GET).body()).isEqualTo("answer 1");
      }

      assertThat(cache.hitCount()).isEqualTo(5);
    }
  }

  @Test
  void aDefaultIsNeverKeptInTheUsersCache(@TempDir Path directory) throws Exception {
    LoopbackServer server = server(e -> e.reply(500, "bad", "Cache-Control: max-age=60"));
    try (Cache cache = new Cache(directory.toFile(), 1_000_000)) {
      OkHttpClient http =
          mesh(server, "fallback", "default", "fallback.body", "default")
              .wrap(new OkHttpClient.Builder().cache(cache).build());
      assertThat(send(http, GET).body()).isEqualTo("default");
      server.behave(e -> e.reply(200, "real"));

      assertThat(send(http, GET).body()).isEqualTo("real");
    }
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
                  case "/loop" -> e.reply(302, "", "Location: /loop");
                  default -> e.reply(200, e.method() + " " + e.path() + " " + e.body());
                });
    LoopbackServer payments = server(e -> e.reply(200, "payments " + e.method() + " " + e.body()));
    Mesh mesh = mesh(server, "mesh.upstream.payments.servers", payments.address());
    OkHttpClient http = mesh.wrap(new OkHttpClient());

    try (Response within = http.newCall(get("/within")).execute()) {
      assertThat(within.body().string()).isEqualTo("GET /v1 ");
      assertThat(within.request().url()).hasToString("http://inventory/v1");
      assertThat(Objects.requireNonNull(within.priorResponse()).code()).isEqualTo(302);
      assertThat(within.header("mesh-server")).isEqualTo(server.address());
    }
    Request post = get("/other").newBuilder().post(RequestBody.create("money", null)).build();
    assertThat(send(http, post).body()).isEqualTo("payments POST money");
    Request authorized = get("/out").newBuilder().header("Authorization", "secret").build();
    assertThat(send(http, authorized).body()).isEqualTo("stranger null");
    assertThatThrownBy(() -> send(http, get("/loop")))
        .hasMessage("Too many follow-up requests: 21");
    OkHttpClient still = mesh.wrap(new OkHttpClient.Builder().followRedirects(false).build());
    assertThat(send(still, get("/within")).status()).isEqualTo(302);
    assertQuiet(mesh);
  }

  @Test
  void webSocketsPass() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(
          new MockResponse.Builder()
              .webSocketUpgrade(
                  new WebSocketListener() {
                    @Override
                    public void onMessage(WebSocket socket, String text) {
                      socket.send("echo " + text);
                    }
                  })
              .build());
      server.start();
      Mesh mesh = mesh("127.0.0.1:1", "hosts", server.getHostName() + ":" + server.getPort());
      CompletableFuture<String> echoed = new CompletableFuture<>();

      WebSocket socket =
          mesh.wrap(new OkHttpClient())
              .newWebSocket(
                  new Request.Builder().url(server.url("/ws")).build(),
                  new WebSocketListener() {
                    @Override
                    public void onOpen(WebSocket opened, Response response) {
                      opened.send("hello");
                    }

                    @Override
                    public void onMessage(WebSocket opened, String text) {
                      echoed.complete(text);
                    }
                  });

      assertThat(echoed.get(10, TimeUnit.SECONDS)).isEqualTo("echo hello");
      socket.cancel();
    }
  }

  @Test
  void keepaliveBoundsTheIdleConnections() throws Exception {
    CountDownLatch together = new CountDownLatch(6);
    LoopbackServer server =
        server(
            e -> {
              together.countDown();
              together.await();
              return e.reply(200, "ok");
            });
    OkHttpClient http = mesh(server, "keepalive", "2").wrap(new OkHttpClient());
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      replies.add(enqueue(http.newCall(GET)));
    }
    for (CompletableFuture<Reply> reply : replies) {
      assertThat(reply.get(10, TimeUnit.SECONDS).status()).isEqualTo(200);
    }

    await(() -> server.openConnections() == 2);
    int connections = server.connections.get();
    for (int i = 0; i < 10; i++) {
      assertThat(send(http, GET).status()).isEqualTo(200);
    }
    assertThat(server.connections.get()).isEqualTo(connections);
  }

  @Test
  void theHostHeaderIsAsCalledOrAsConfigured() throws Exception {
    LoopbackServer server = well();
    send(mesh(server).wrap(new OkHttpClient()), GET);
    send(mesh(server, "host-header", "shop.example.no").wrap(new OkHttpClient()), GET);

    assertThat(server.requests.get(0).headers()).containsEntry("host", "inventory");
    assertThat(server.requests.get(1).headers()).containsEntry("host", "shop.example.no");
  }

  @Test
  void tlsIsCheckedAgainstTheHostAsCalledOrTheConfiguredName() throws Exception {
    HeldCertificate named =
        new HeldCertificate.Builder().addSubjectAlternativeName("real.example.no").build();
    try (MockWebServer server = new MockWebServer()) {
      server.useHttps(
          new HandshakeCertificates.Builder().heldCertificate(named).build().sslSocketFactory());
      server.enqueue(new MockResponse.Builder().body("secure").build());
      server.start();
      HandshakeCertificates trust =
          new HandshakeCertificates.Builder().addTrustedCertificate(named.certificate()).build();
      OkHttpClient mine =
          new OkHttpClient.Builder()
              .sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
              .build();
      Request https = new Request.Builder().url("https://inventory/").build();
      String address = "127.0.0.1:" + server.getPort();

      assertThatThrownBy(() -> send(mesh(address).wrap(mine), https))
          .isInstanceOf(MeshException.class)
          .hasMessageContaining("connect failed");
      Reply reply = send(mesh(address, "tls-name", "real.example.no").wrap(mine), https);

      assertThat(reply.body()).isEqualTo("secure");
      assertThat(reply.server()).isEqualTo(address);
    }
  }

  @Test
  void theUsersSocketFactoryMakesTheSockets() throws Exception {
    LoopbackServer server = well();
    AtomicInteger made = new AtomicInteger();
    SocketFactory mine = new CountingSockets(made);

    Reply reply =
        send(mesh(server).wrap(new OkHttpClient.Builder().socketFactory(mine).build()), GET);

    assertThat(reply.body()).isEqualTo("well /v1");
    assertThat(made.get()).isOne();
  }

  private static final class CountingSockets extends SocketFactory {

    private final AtomicInteger made;

    CountingSockets(AtomicInteger made) {
      this.made = made;
    }

    @Override
    public Socket createSocket() {
      made.incrementAndGet();
      return new Socket();
    }

    @Override
    public Socket createSocket(String host, int port) {
      throw new AssertionError(host);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress local, int localPort) {
      throw new AssertionError(host);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) {
      throw new AssertionError(host);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
      throw new AssertionError(host);
    }
  }

  @Test
  void theCauseNamesTheServersPort() throws Exception {
    int port = closedPort();

    assertThatThrownBy(
            () -> send(mesh("127.0.0.1:" + port, "retry.on", "off").wrap(new OkHttpClient()), GET))
        .isInstanceOf(MeshException.class)
        .hasMessageEndingWith("127.0.0.1:" + port + " connect refused")
        .cause()
        .hasMessageContaining("127.0.0.1:" + port);
  }

  @Test
  void aBugInTheUsersOwnCodeLeavesNothingBehind() throws Exception {
    Mesh mesh = mesh(well());
    OkHttpClient mine =
        new OkHttpClient.Builder()
            .addNetworkInterceptor(
                chain -> {
                  throw new IllegalStateException("bug");
                })
            .build();

    assertThatThrownBy(() -> send(mesh.wrap(mine), GET)).hasMessage("bug");
    assertQuiet(mesh);
  }
}
