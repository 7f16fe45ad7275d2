package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.call.MeshException;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.LoopbackServer.Exchange;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Authenticator;
import java.net.CookieManager;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.WebSocketListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What users of the JDK's client rely on keeps working through the mesh. */
@Timeout(60)
final class JdkHttpFeaturesTest extends LoopbackFixture {

  private static final HttpRequest GET = get("/v1").build();

  private static HttpRequest.Builder get(String path) {
    return HttpRequest.newBuilder(URI.create("http://inventory" + path));
  }

  private static HttpResponse<String> send(HttpClient http, HttpRequest request)
      throws IOException, InterruptedException {
    return http.send(request, BodyHandlers.ofString());
  }

  private static HttpClient plain(Mesh mesh) {
    return mesh.wrap(HttpClient.newHttpClient());
  }

  private static String header(HttpResponse<?> response, String name) {
    return response.headers().firstValue(name).orElse("");
  }

  @Test
  void theResponseIsThatOfTheRequestAsCalled() throws Exception {
    LoopbackServer server = well();
    HttpRequest request = get("/v1?a=b%20c#part").header("A", "b").build();

    HttpResponse<String> response = send(plain(mesh(server)), request);

    assertThat(response.request()).isSameAs(request);
    assertThat(response.uri()).isEqualTo(request.uri());
    assertThat(response.previousResponse()).isEmpty();
    assertThat(response.sslSession()).isEmpty();
    assertThat(response).hasToString("(GET http://inventory/v1?a=b%20c#part) 200");
    assertThat(server.requests.get(0).path()).isEqualTo("/v1?a=b%20c");
  }

  @Test
  void theWrappedClientTellsTheSettingsOfTheGivenOne() {
    ExecutorService executor = Executors.newCachedThreadPool();
    open.add(executor::shutdownNow);
    CookieManager cookies = new CookieManager();
    HttpClient mine =
        HttpClient.newBuilder()
            .executor(executor)
            .cookieHandler(cookies)
            .connectTimeout(Duration.ofSeconds(7))
            .followRedirects(HttpClient.Redirect.ALWAYS)
            .proxy(HttpClient.Builder.NO_PROXY)
            .version(HttpClient.Version.HTTP_1_1)
            .build();

    HttpClient wrapped = mesh("127.0.0.1:1").wrap(mine);

    assertThat(wrapped.executor()).containsSame(executor);
    assertThat(wrapped.cookieHandler()).containsSame(cookies);
    assertThat(wrapped.connectTimeout()).contains(Duration.ofSeconds(7));
    assertThat(wrapped.followRedirects()).isEqualTo(HttpClient.Redirect.ALWAYS);
    assertThat(wrapped.proxy()).containsSame(HttpClient.Builder.NO_PROXY);
    assertThat(wrapped.version()).isEqualTo(HttpClient.Version.HTTP_1_1);
    assertThat(wrapped.authenticator()).isEmpty();
    assertThat(wrapped.sslContext()).isSameAs(mine.sslContext());
    assertThat(wrapped.sslParameters().getProtocols())
        .isEqualTo(mine.sslParameters().getProtocols());
    assertThat(wrapped).hasToString("mesh of " + mine);
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
    HttpClient http = plain(mesh);
    List<CompletableFuture<HttpResponse<String>>> calls = new ArrayList<>();

    for (int i = 0; i < 200; i++) {
      calls.add(http.sendAsync(GET, BodyHandlers.ofString()));
    }

    for (CompletableFuture<HttpResponse<String>> call : calls) {
      assertThat(call.get(30, TimeUnit.SECONDS).body()).isEqualTo("ok");
    }
    assertQuiet(mesh);
  }

  @Test
  void eachUpstreamHasItsOwnConnectTimeoutAndTheClientsOwnShortensTheBuiltInOne() {
    Mesh mesh =
        mesh(
            "127.0.0.1:1",
            "timeout.connect",
            "50ms",
            "mesh.upstream.payments.servers",
            "127.0.0.1:1");
    AttemptClients slow =
        new AttemptClients(HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(20)).build());
    AttemptClients fast =
        new AttemptClients(HttpClient.newBuilder().connectTimeout(Duration.ofMillis(10)).build());
    Map<String, UpstreamSettings> upstreams = mesh.configuration().settings().upstreams();
    UpstreamSettings inventory = Objects.requireNonNull(upstreams.get("inventory"));
    UpstreamSettings payments = Objects.requireNonNull(upstreams.get("payments"));

    for (AttemptClients clients : List.of(slow, fast)) {
      assertThat(clients.client(inventory).client().connectTimeout())
          .contains(Duration.ofMillis(50));
    }
    assertThat(slow.client(payments).client().connectTimeout()).contains(Duration.ofSeconds(1));
    assertThat(fast.client(payments).client().connectTimeout()).contains(Duration.ofMillis(10));
    assertThat(slow.client(payments)).isSameAs(slow.client(payments));
  }

  @Test
  void cookiesBelongToTheUrlAsCalledAndGoToEveryServer() throws Exception {
    LoopbackServer a = server(e -> e.reply(200, "a", "Set-Cookie: session=1"));
    LoopbackServer b = server(e -> e.reply(200, "b", "Set-Cookie: session=1"));
    CookieManager cookies = new CookieManager();
    HttpClient http =
        mesh(List.of(a, b), "balancer", "round_robin")
            .wrap(HttpClient.newBuilder().cookieHandler(cookies).build());

    for (int i = 0; i < 4; i++) {
      send(http, get("/v1").header("Cookie", "mine=" + i).build());
    }

    assertThat(a.requests.get(1).headers().get("cookie")).contains("session=1").contains("mine=");
    assertThat(b.requests.get(1).headers().get("cookie")).contains("session=1").contains("mine=");
    assertThat(cookies.getCookieStore().get(URI.create("http://inventory/"))).hasSize(1);
  }

  @Test
  void anAnswerToSomebodysCookieIsNotKeptForOthers() throws Exception {
    LoopbackServer server = server(e -> e.reply(200, "of " + e.headers().get("cookie")));
    Mesh mesh = mesh(server, "fallback", "stale,default", "fallback.body", "default");
    CookieManager cookies = new CookieManager();
    cookies.put(URI.create("http://inventory/"), Map.of("Set-Cookie", List.of("session=alice")));
    HttpClient alice = mesh.wrap(HttpClient.newBuilder().cookieHandler(cookies).build());
    assertThat(send(alice, GET).body()).contains("alice");
    server.behave(e -> e.reply(500, "bad"));

    assertThat(send(plain(mesh), GET).body()).isEqualTo("default");
  }

  @Test
  void theAuthenticatorWorksAndWhatItGotIsNotKeptForOthers() throws Exception {
    LoopbackServer server =
        server(
            e ->
                e.headers().containsKey("authorization")
                    ? e.reply(200, "secret")
                    : e.reply(401, "who?", "WWW-Authenticate: Basic realm=\"shop\""));
    Mesh mesh = mesh(server, "fallback", "stale,default", "fallback.body", "default");
    HttpClient http =
        mesh.wrap(
            HttpClient.newBuilder()
                .authenticator(
                    new Authenticator() {
                      @Override
                      protected PasswordAuthentication getPasswordAuthentication() {
                        return new PasswordAuthentication("me", "pass".toCharArray());
                      }
                    })
                .build());
    assertThat(send(http, GET).body()).isEqualTo("secret");
    assertThat(send(http, GET).body()).isEqualTo("secret");
    server.behave(e -> e.reply(500, "bad"));

    assertThat(send(plain(mesh), GET).body()).isEqualTo("default");
  }

  @Test
  void redirectsGoByThePolicyOfTheClient() throws Exception {
    LoopbackServer server =
        server(
            e ->
                switch (e.path()) {
                  case "/loop" -> e.reply(302, "again", "Location: /loop");
                  case "/nowhere" -> e.reply(302, "nowhere");
                  case "/within" -> e.reply(303, "see", "Location: v1?x=y");
                  default -> e.reply(200, e.method() + " " + e.path());
                });
    Mesh mesh = mesh(server);
    HttpClient never = plain(mesh);
    HttpClient always =
        mesh.wrap(HttpClient.newBuilder().followRedirects(HttpClient.Redirect.ALWAYS).build());

    assertThat(send(never, get("/within").build()).body()).isEqualTo("see");
    HttpResponse<String> within =
        send(always, get("/within").PUT(BodyPublishers.ofString("x")).build());
    HttpResponse<String> loop = send(always, get("/loop").build());

    assertThat(within.body()).isEqualTo("GET /v1?x=y");
    assertThat(within.uri()).isEqualTo(URI.create("http://inventory/v1?x=y"));
    HttpResponse<String> previous = within.previousResponse().orElseThrow();
    assertThat(previous.statusCode()).isEqualTo(303);
    assertThat(previous.uri()).isEqualTo(URI.create("http://inventory/within"));
    assertThat(header(previous, "mesh-server")).isEqualTo(server.address());
    assertThat(loop.statusCode()).isEqualTo(302);
    assertThat(loop.body()).isEqualTo("again");
    assertThat(server.requests).filteredOn(e -> e.path().equals("/loop")).hasSize(5);
    assertThat(send(always, get("/nowhere").build()).statusCode()).isEqualTo(302);
    assertQuiet(mesh);
  }

  @Test
  void normalRedirectsDoNotLeadFromHttpsToHttp() {
    HttpRequest secure =
        HttpRequest.newBuilder(URI.create("https://inventory:8443/a"))
            .header("Authorization", "x")
            .header("Accept", "y")
            .build();
    var location =
        HttpHeaders.of(Map.of("Location", List.of("http://inventory:8443/b")), (n, v) -> true);

    HttpRequest always = Redirects.next(secure, 302, location, HttpClient.Redirect.ALWAYS);

    assertThat(Redirects.next(secure, 302, location, HttpClient.Redirect.NORMAL)).isNull();
    assertThat(Redirects.next(secure, 304, location, HttpClient.Redirect.ALWAYS)).isNull();
    assertThat(always).isNotNull();
    assertThat(always.headers().map()).containsOnlyKeys("Accept");
  }

  @Test
  void aBodyOfUnknownLengthIsNotSentAgainAndOneOfKnownLengthIs() throws Exception {
    AtomicInteger streams = new AtomicInteger();
    LoopbackServer resets = server(Exchange::reset);
    LoopbackServer well = server(e -> e.reply(200, e.body()));
    HttpClient http =
        plain(
            mesh(
                List.of(resets.address(), well.address() + " backup"),
                "outlier.mode",
                "off",
                "budget",
                "100%"));
    Supplier<InputStream> stream =
        () -> {
          streams.incrementAndGet();
          return new ByteArrayInputStream("once".getBytes(StandardCharsets.UTF_8));
        };

    HttpRequest known = get("/v1").PUT(BodyPublishers.ofString("again")).build();
    HttpRequest unknown = get("/v1").PUT(BodyPublishers.ofInputStream(stream)).build();

    assertThat(send(http, known).body()).isEqualTo("again");
    assertThatThrownBy(() -> send(http, unknown))
        .isInstanceOf(MeshException.class)
        .hasMessageContaining("connection broke");
    assertThat(streams.get()).isOne();
  }

  @Test
  void aRequestBodyThatBreaksBlamesNobodyAndIsNotSentAgain() throws Exception {
    LoopbackServer a = well();
    LoopbackServer b = well();
    Mesh mesh = mesh(List.of(a, b), "retry.on", "connect,error,non_idempotent", "budget", "100%");
    HttpClient http = plain(mesh);
    BodyPublisher broken =
        new BodyPublisher() {
          @Override
          public long contentLength() {
            return 1000;
          }

          @Override
          public void subscribe(Flow.Subscriber<? super ByteBuffer> subscriber) {
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  @Override
                  public void request(long n) {
                    subscriber.onError(new IOException("the stream that I forward broke"));
                  }

                  @Override
                  public void cancel() {}
                });
          }
        };

    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> send(http, get("/v1").PUT(broken).build()))
          .hasMessage("the stream that I forward broke");
    }

    assertThat(mesh.upstream("inventory").servers()).allMatch(s -> s.reason().isEmpty());
    assertQuiet(mesh);
  }

  @Test
  void theUsersOwnExecutorRunsTheHandler() throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(2, task -> new Thread(task, "mine"));
    open.add(executor::shutdownNow);
    Set<String> threads = new TreeSet<>();
    HttpClient http = mesh(well()).wrap(HttpClient.newBuilder().executor(executor).build());

    String body =
        http.send(
                GET,
                head -> {
                  threads.add(Thread.currentThread().getName());
                  return BodyHandlers.ofString().apply(head);
                })
            .body();

    assertThat(body).isEqualTo("well /v1");
    assertThat(threads).containsExactly("mine");
  }

  @Test
  void keysThatTheClientCannotKeepAreRefusedByName() throws Exception {
    LoopbackServer server = well();
    Mesh named = mesh(server, "tls-name", "real.example.no", "fallback", "default");
    Mesh hosted = mesh(server, "mesh.defaults.host-header", "shop.example.no");
    HttpRequest https = HttpRequest.newBuilder(URI.create("https://inventory/")).build();

    assertThatThrownBy(() -> send(plain(named), https))
        .isInstanceOf(MeshException.class)
        .hasMessageStartingWith(
            "inventory: MESH-D01 mesh.upstream.inventory.tls-name=real.example.no [")
        .hasMessageContaining("mesh.wrap(OkHttpClient)");
    assertThatThrownBy(() -> send(plain(hosted), GET))
        .isInstanceOf(MeshException.class)
        .hasMessageStartingWith("inventory: MESH-D01 mesh.defaults.host-header=shop.example.no [")
        .hasMessageContaining("allowRestrictedHeaders=host");
    assertThat(send(plain(named), GET).body()).isEqualTo("well /v1");
    assertThat(server.requests.get(0).headers()).containsEntry("host", server.address());
    assertQuiet(named);
    assertQuiet(hosted);
  }

  @Test
  void hashGoesByAQueryParameterOrAHeader() throws Exception {
    List<LoopbackServer> servers = List.of(well(), well(), well(), well());
    HttpClient byQuery = plain(mesh(servers, "balancer", "hash", "hash.key", "query:id"));
    HttpClient byHeader = plain(mesh(servers, "balancer", "hash", "hash.key", "header:X-Id"));
    Set<String> used = new TreeSet<>();

    for (int i = 0; i < 20; i++) {
      String id = "no%20" + i;
      String first = header(send(byQuery, get("/a?x&id=" + id).build()), "mesh-server");
      String second = header(send(byQuery, get("/b?id=" + id + "&y=z").build()), "mesh-server");
      String third =
          header(send(byHeader, get("/c").header("x-id", "no " + i).build()), "mesh-server");
      assertThat(List.of(second, third)).containsOnly(first);
      used.add(first);
    }
    assertThat(used).hasSizeGreaterThan(2);
  }

  @Test
  void whatIsNoPlainCallToAnUpstreamPassesUntouched() throws Exception {
    try (MockWebServer server = new MockWebServer()) {
      server.enqueue(
          new MockResponse.Builder()
              .webSocketUpgrade(
                  new WebSocketListener() {
                    @Override
                    public void onMessage(okhttp3.WebSocket socket, String text) {
                      socket.send("echo " + text);
                    }
                  })
              .build());
      server.start();
      CompletableFuture<String> echoed = new CompletableFuture<>();

      WebSocket socket =
          plain(mesh("127.0.0.1:1"))
              .newWebSocketBuilder()
              .buildAsync(
                  URI.create("ws://" + server.getHostName() + ":" + server.getPort() + "/ws"),
                  new WebSocket.Listener() {
                    @Override
                    public CompletionStage<?> onText(
                        WebSocket from, CharSequence text, boolean last) {
                      echoed.complete(text.toString());
                      return CompletableFuture.completedStage(null);
                    }
                  })
              .get(10, TimeUnit.SECONDS);
      CompletableFuture<?> unused = socket.sendText("hello", true);

      assertThat(echoed.get(10, TimeUnit.SECONDS)).isEqualTo("echo hello");
      socket.abort();
    }
  }
}
