package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.LoopbackServer.Exchange;
import dev.inmesh.http.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import okhttp3.Cache;
import okhttp3.CacheControl;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.Cookie;
import okhttp3.CookieJar;
import okhttp3.EventListener;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is nobody's fault, or the caller's own, blames no server and leaves nothing behind. */
@Timeout(60)
final class BlameTest extends LoopbackFixture {

  private static final Request GET = get("/v1");

  private static Request get(String path) {
    return new Request.Builder().url("http://inventory" + path).build();
  }

  private static Reply send(OkHttpClient http, Request request) throws IOException {
    return OkHttpDriverTest.reply(http, request);
  }

  private static ServerStatus.State state(Mesh mesh, int server) {
    return mesh.upstream("inventory").servers().get(server).state();
  }

  private static OkHttpClient cached(Cache cache) {
    return new OkHttpClient.Builder().cache(cache).build();
  }

  @Test
  void answersWithoutABodyThatNobodyClosesAreOverAtOnce() throws Exception {
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
    OkHttpClient http = mesh.wrap(new OkHttpClient());

    for (int i = 0; i < 5; i++) {
      assertThat(http.newCall(GET).execute().code()).isEqualTo(204);
      assertThat(http.newCall(GET.newBuilder().head().build()).execute().code()).isEqualTo(200);
    }

    assertThat(mesh.upstream("inventory").active()).isZero();
    assertThat(mesh.upstream("inventory").servers().get(0).inFlight()).isZero();
  }

  @Test
  void theUsersCacheProvesNothingOfAServer(@TempDir Path directory) throws Exception {
    LoopbackServer a = server(e -> e.reply(200, "a", "Cache-Control: max-age=60"));
    LoopbackServer b = server(e -> e.reply(200, "b"));
    try (Cache cache = new Cache(directory.toFile(), 1_000_000)) {
      Mesh mesh =
          mesh(
              List.of(a, b),
              "outlier.base-ejection-time",
              "1ms",
              "outlier.max-ejection-time",
              "1ms");
      OkHttpClient http = mesh.wrap(cached(cache));
      mesh.upstream("inventory").drain(b.address()).get(5, TimeUnit.SECONDS);
      assertThat(send(http, GET).source()).isEqualTo("live");
      mesh.upstream("inventory").restore(b.address());
      a.close();
      OkHttpClient bare = mesh.wrap(new OkHttpClient());
      while (state(mesh, 0) != ServerStatus.State.EJECTED) {
        send(bare, get("/other"));
      }

      for (int i = 0; i < 50; i++) {
        Reply hit = send(http, GET);
        assertThat(hit.body()).isEqualTo("a");
        assertThat(hit.source()).isEqualTo("cache");
        assertThat(hit.server()).isEmpty();
      }

      assertThat(state(mesh, 0)).isEqualTo(ServerStatus.State.EJECTED);
      assertQuiet(mesh);
    }
  }

  @Test
  void onlyIfCachedBlamesNobody() throws Exception {
    LoopbackServer server = well();
    Mesh mesh = mesh(List.of(server, well()), "fallback", "default");
    OkHttpClient http = mesh.wrap(new OkHttpClient());

    for (int i = 0; i < 50; i++) {
      Request cached = GET.newBuilder().cacheControl(CacheControl.FORCE_CACHE).build();
      assertThat(send(http, cached).status()).isEqualTo(504);
    }

    assertThat(state(mesh, 0)).isEqualTo(ServerStatus.State.UP);
    assertThat(state(mesh, 1)).isEqualTo(ServerStatus.State.UP);
    assertThat(server.requests).isEmpty();
  }

  @Test
  void anAnswerFromTheUsersCacheIsNeverKeptForOthers(@TempDir Path directory) throws Exception {
    LoopbackServer server =
        server(
            e ->
                e.reply(
                    200, "secret of " + e.headers().get("cookie"), "Cache-Control: max-age=60"));
    Mesh mesh = mesh(server, "fallback", "stale,default", "fallback.body", "default");
    CookieJar alices =
        new CookieJar() {
          @Override
          public void saveFromResponse(HttpUrl url, List<Cookie> cookies) {}

          @Override
          public List<Cookie> loadForRequest(HttpUrl url) {
            return List.of(
                new Cookie.Builder().name("session").value("alice").domain("inventory").build());
          }
        };
    try (Cache cache = new Cache(directory.toFile(), 1_000_000)) {
      OkHttpClient alice =
          mesh.wrap(new OkHttpClient.Builder().cookieJar(alices).cache(cache).build());
      assertThat(send(alice, GET).body()).isEqualTo("secret of session=alice");
      assertThat(send(alice, GET).source()).isEqualTo("cache");
      server.behave(e -> e.reply(500, "bad"));

      assertThat(send(mesh.wrap(new OkHttpClient()), GET).body()).isEqualTo("default");
    }
  }

  @Test
  void aRequestBodyThatBreaksBlamesNobodyAndIsNotSentAgain() throws Exception {
    LoopbackServer a = well();
    LoopbackServer b = well();
    Mesh mesh = mesh(List.of(a, b), "retry.on", "connect,error,non_idempotent", "budget", "100%");
    OkHttpClient http = mesh.wrap(new OkHttpClient());
    RequestBody broken =
        new RequestBody() {
          @Override
          public @Nullable MediaType contentType() {
            return null;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            sink.writeUtf8("half");
            throw new IOException("the stream that I forward broke");
          }
        };

    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> send(http, GET.newBuilder().put(broken).build()))
          .hasMessage("the stream that I forward broke");
    }

    assertThat(state(mesh, 0)).isEqualTo(ServerStatus.State.UP);
    assertThat(state(mesh, 1)).isEqualTo(ServerStatus.State.UP);
    assertQuiet(mesh);
  }

  @Test
  void aCallerThatTakesItsTimeWithABodyBlamesNobody() throws Exception {
    LoopbackServer a = server(e -> e.reply(200, "x".repeat(3_000_000)));
    Mesh mesh = mesh(List.of(a, well()), "timeout", "1s", "balancer", "round_robin");
    OkHttpClient http = mesh.wrap(new OkHttpClient());
    List<Response> open = new ArrayList<>();

    for (int i = 0; i < 20; i++) {
      open.add(http.newCall(GET).execute());
    }
    assertQuiet(mesh);
    open.forEach(Response::close);

    assertThat(state(mesh, 0)).isEqualTo(ServerStatus.State.UP);
  }

  @Test
  void aRedirectOutOfTheMeshIsTheUsersOwnClient() throws Exception {
    LoopbackServer proxy =
        server(e -> e.reply(503, "from the proxy to " + e.path(), "Retry-After: 7"));
    LoopbackServer redirecting =
        server(e -> e.reply(302, "", "Location: http://stranger.invalid/x"));
    List<String> events = new CopyOnWriteArrayList<>();
    OkHttpClient mine =
        new OkHttpClient.Builder()
            .proxy(
                new Proxy(
                    Proxy.Type.HTTP,
                    new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port())))
            .eventListener(
                new EventListener() {
                  @Override
                  public void connectionAcquired(Call call, Connection connection) {
                    events.add(call.request().url().host());
                  }
                })
            .build();

    Reply reply = send(mesh(redirecting).wrap(mine), GET);

    assertThat(reply.body()).isEqualTo("from the proxy to http://stranger.invalid/x");
    assertThat(reply.headers()).containsEntry("retry-after", "7");
    assertThat(events).containsExactly("inventory", "inventory");
  }

  @Test
  void aRedirectToAnotherSchemeDropsTheAuthorization() {
    Request request =
        new Request.Builder().url("https://inventory:8443/a").header("Authorization", "x").build();
    Response response =
        new Response.Builder()
            .request(request)
            .protocol(Protocol.HTTP_1_1)
            .code(302)
            .message("Found")
            .header("Location", "http://inventory:8443/b")
            .build();

    Request next = Redirects.next(request, response, true);

    assertThat(next).isNotNull();
    assertThat(next.header("Authorization")).isNull();
    assertThat(Redirects.next(request, response, false)).isNull();
  }

  @Test
  void aFallbackIsDeliveredWithinTheUsersOwnCallTimeout() throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Mesh mesh = mesh(hanging, "timeout", "30s", "fallback", "default", "fallback.body", "default");
    OkHttpClient http =
        mesh.wrap(new OkHttpClient.Builder().callTimeout(Duration.ofMillis(300)).build());

    for (int i = 0; i < 5; i++) {
      assertThat(send(http, GET).body()).isEqualTo("default");
    }
  }

  @Test
  void aListenerAddedToTheCallHearsTheEventsOfItsAttempts() throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    Call call = mesh(well()).wrap(new OkHttpClient()).newCall(GET);
    call.addEventListener(
        new EventListener() {
          @Override
          public void responseHeadersEnd(Call c, Response response) {
            events.add("headers of " + c.request().url());
          }
        });

    call.execute().close();

    assertThat(events).containsExactly("headers of http://inventory/v1");
  }

  @Test
  void aServerThatComesBackWhileAnAttemptStillRunsHasItsCount(@TempDir Path directory)
      throws Exception {
    LoopbackServer hanging = server(Exchange::hang);
    Path file = directory.resolve("mesh.properties");
    String with = "mesh.upstream.inventory.servers=" + hanging.address() + ",127.0.0.1:1";
    Files.writeString(file, with);
    Mesh mesh = Mesh.of(Map.of("mesh.config.file", file.toString()));
    open.add(mesh);
    mesh.upstream("inventory").drain("127.0.0.1:1").get(5, TimeUnit.SECONDS);
    Call call = mesh.wrap(new OkHttpClient()).newCall(GET);
    Thread caller =
        new Thread(
            () -> {
              try {
                call.execute().close();
              } catch (IOException cancelled) {
                // as the test wants it
              }
            });
    caller.start();
    await(() -> hanging.requests.size() == 1);

    Files.writeString(file, "mesh.upstream.inventory.servers=127.0.0.1:1");
    mesh.reload();
    Files.writeString(file, with);
    mesh.reload();

    assertThat(mesh.upstream("inventory").servers().get(0).inFlight()).isOne();
    assertThat(mesh.upstream("inventory").drain(hanging.address())).isNotDone();
    call.cancel();
    caller.join();
    assertQuiet(mesh);
  }
}
