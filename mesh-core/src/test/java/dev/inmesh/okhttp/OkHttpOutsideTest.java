package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.Mesh;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.Reply;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import okhttp3.Call;
import okhttp3.Dns;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Redirects out of the mesh where the networks are limited, by ways that only OkHttp has. */
@Timeout(60)
final class OkHttpOutsideTest extends LoopbackFixture {

  private static final String KEY = "mesh.allowed-networks";
  private static final String FIRST = "127.0.0.1/32";

  private LoopbackServer second() throws IOException {
    LoopbackServer server =
        LoopbackServer.startOn(
            InetAddress.getByName("127.0.0.2"), e -> e.reply(200, "second " + e.path()));
    open.add(server);
    return server;
  }

  private Mesh redirectingTo(String location, String networks) throws IOException {
    return mesh(server(e -> e.reply(302, "", "Location: " + location)), KEY, networks);
  }

  private static Reply get(OkHttpClient http, String url) throws IOException {
    return OkHttpDriverTest.reply(http, OkHttpDriverTest.request("GET", url, Map.of(), ""));
  }

  private void assertRefused(OkHttpClient http, String why) {
    assertThatThrownBy(() -> get(http, "http://inventory/out"))
        .isInstanceOf(MeshException.class)
        .hasMessageStartingWith("inventory: redirected out of the mesh: ")
        .hasMessageContaining(why);
  }

  @Test
  void whatAProxyWouldConnectToIsRefusedSinceNobodyHereSeesIt() throws Exception {
    LoopbackServer proxy = well();
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port());
    Mesh mesh = redirectingTo("http://127.0.0.1:" + proxy.port() + "/y", FIRST);
    for (Proxy.Type type : List.of(Proxy.Type.HTTP, Proxy.Type.SOCKS)) {
      Proxy users = new Proxy(type, address);
      OkHttpClient fixed = new OkHttpClient.Builder().proxy(users).build();
      OkHttpClient selected = new OkHttpClient.Builder().proxySelector(always(users)).build();

      assertRefused(mesh.wrap(fixed), "127.0.0.1 is behind a proxy of the client");
      assertRefused(mesh.wrap(selected), "127.0.0.1 is behind a proxy of the client");
    }
    assertThat(proxy.connections).hasValue(0);
  }

  private static ProxySelector always(Proxy proxy) {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(proxy);
      }

      @Override
      public void connectFailed(URI uri, SocketAddress address, IOException failure) {
        // Nobody connects.
      }
    };
  }

  /** The JDK's plain socket would ask for one, behind the back of whoever checks addresses. */
  @Test
  void aSocksProxyOfTheProcessIsNoWayOutEither() throws Exception {
    LoopbackServer proxy = well();
    LoopbackServer stranger = second();
    String url = "http://" + stranger.address() + "/y";
    OkHttpClient direct = new OkHttpClient.Builder().proxy(Proxy.NO_PROXY).build();
    OkHttpClient http = redirectingTo(url, "127.0.0.0/8").wrap(direct);
    ProxySelector before = ProxySelector.getDefault();
    ProxySelector.setDefault(
        always(
            new Proxy(
                Proxy.Type.SOCKS,
                new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()))));
    try {
      assertThat(get(http, "http://inventory/out").body()).isEqualTo("second /y");
    } finally {
      ProxySelector.setDefault(before);
    }

    assertThat(proxy.connections).hasValue(0);
  }

  @Test
  void withoutNetworksAProxyOfTheClientIsUsedAsBefore() throws Exception {
    LoopbackServer proxy = server(e -> e.reply(200, "by proxy " + e.path()));
    Proxy users =
        new Proxy(
            Proxy.Type.HTTP, new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port()));
    Mesh mesh = redirectingTo("http://stranger.invalid/y", "none");

    OkHttpClient http = mesh.wrap(new OkHttpClient.Builder().proxy(users).build());

    assertThat(get(http, "http://inventory/out").body())
        .isEqualTo("by proxy http://stranger.invalid/y");
  }

  @Test
  void anIdleConnectionThatTheUserMadeIsNoWayOut() throws Exception {
    LoopbackServer stranger = second();
    String url = "http://" + stranger.address() + "/y";
    OkHttpClient http = redirectingTo(url, FIRST).wrap(new OkHttpClient());
    assertThat(get(http, url).body()).isEqualTo("second /y");
    assertThat(stranger.openConnections()).isOne();

    assertRefused(http, stranger.address() + " is outside mesh.allowed-networks (127.0.0.1/32)");

    assertThat(stranger.requests).hasSize(1);
  }

  @Test
  void aNameOfSeveralAddressesLeadsToThoseInside() throws Exception {
    LoopbackServer stranger = second();
    List<InetAddress> addresses =
        List.of(InetAddress.getLoopbackAddress(), InetAddress.getByName("127.0.0.2"));
    OkHttpClient users =
        new OkHttpClient.Builder()
            .dns(host -> addresses)
            .retryOnConnectionFailure(false)
            .fastFallback(false)
            .build();
    String url = "http://stranger.invalid:" + stranger.port() + "/y";
    LoopbackServer redirecting =
        LoopbackServer.startOn(
            InetAddress.getByName("127.0.0.2"), e -> e.reply(302, "", "Location: " + url));
    open.add(redirecting);

    OkHttpClient http = mesh(redirecting, KEY, "127.0.0.2/32").wrap(users);

    assertThat(get(http, "http://inventory/out").body()).isEqualTo("second /y");
  }

  /** The name is looked up once more, and leads elsewhere, after every look that one could take. */
  @Test
  void aNameThatChangesBetweenTheLookUpAndTheConnectIsRefused() throws Exception {
    LoopbackServer stranger = second();
    InetAddress inside = InetAddress.getLoopbackAddress();
    InetAddress outside = InetAddress.getByName("127.0.0.2");
    int[] lookUps = {0};
    OkHttpClient users =
        new OkHttpClient.Builder()
            .dns(host -> List.of(lookUps[0]++ % 2 == 0 ? outside : inside))
            .build();
    OkHttpClient http =
        redirectingTo("http://stranger.invalid:" + stranger.port() + "/y", FIRST).wrap(users);

    assertRefused(http, stranger.address() + " is outside mesh.allowed-networks (127.0.0.1/32)");
    assertThat(stranger.connections).hasValue(0);
  }

  @Test
  void aNameServiceThatHangsCostsTheCallItsDeadline() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    Dns hanging =
        host -> {
          awaitQuietly(over);
          throw new UnknownHostException(host);
        };
    OkHttpClient users = new OkHttpClient.Builder().dns(hanging).build();
    for (String networks : List.of("none", FIRST)) {
      Mesh mesh =
          mesh(
              server(e -> e.reply(302, "", "Location: http://stranger.invalid/y")),
              KEY,
              networks,
              "timeout",
              "200ms");

      CallTimeoutException timeout =
          catchThrowableOfType(
              CallTimeoutException.class, () -> get(mesh.wrap(users), "http://inventory/out"));

      assertThat(timeout.phase()).isEqualTo(Phase.RESOLVE);
      assertThat(timeout)
          .hasMessageStartingWith("inventory: timed out in phase resolve after ")
          .hasMessageEndingWith(" ms, redirected out of the mesh to stranger.invalid");
    }
    over.countDown();
  }

  @Test
  void aCancelReachesACallWhoseRedirectWaitsForANameService() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    Dns hanging =
        host -> {
          asked.countDown();
          awaitQuietly(over);
          throw new UnknownHostException(host);
        };
    OkHttpClient users = new OkHttpClient.Builder().dns(hanging).build();
    Mesh mesh =
        mesh(
            server(e -> e.reply(302, "", "Location: http://stranger.invalid/y")), "timeout", "60s");
    Call call =
        mesh.wrap(users)
            .newCall(OkHttpDriverTest.request("GET", "http://inventory/out", Map.of(), ""));
    CompletableFuture<Throwable> ended =
        CompletableFuture.supplyAsync(() -> catchThrowable(call::execute));
    asked.await();

    call.cancel();

    assertThat(ended.get(20, TimeUnit.SECONDS))
        .isInstanceOf(IOException.class)
        .hasMessage("Canceled");
    over.countDown();
  }

  private static void awaitQuietly(CountDownLatch latch) throws UnknownHostException {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new UnknownHostException("interrupted");
    }
  }

  @Test
  void theUsersNameServiceSaysWhyANameIsUnknown() throws Exception {
    UnknownHostException unknown = new UnknownHostException("nobody has it");
    OkHttpClient users =
        new OkHttpClient.Builder()
            .dns(
                host -> {
                  throw unknown;
                })
            .build();

    OkHttpClient http = redirectingTo("http://stranger.invalid/y", "none").wrap(users);

    assertThatThrownBy(() -> get(http, "http://inventory/out")).isSameAs(unknown);
  }

  @Test
  void aPostThatIsRedirectedOutIsNotSentTwice() throws Exception {
    for (String networks : List.of("none", "127.0.0.0/8")) {
      LoopbackServer stranger =
          LoopbackServer.startOn(
              InetAddress.getByName("127.0.0.2"),
              e -> e.path().equals("/first") && e.reply(200, "first"));
      open.add(stranger);
      LoopbackServer redirecting =
          server(e -> e.reply(307, "", "Location: http://" + stranger.address() + e.path()));
      OkHttpClient http = mesh(redirecting, KEY, networks).wrap(new OkHttpClient());
      assertThat(post(http, "http://inventory/first").body()).isEqualTo("first");

      assertThatThrownBy(() -> post(http, "http://inventory/order"))
          .isInstanceOf(IOException.class);

      assertThat(stranger.requests).hasSize(2);
    }
  }

  /** Which OkHttp takes for a wish to have the request once more, at once. */
  @Test
  void aPostThatIsRedirectedOutIsNotSentTwiceForARetryAfterOfZero() throws Exception {
    for (String networks : List.of("none", "127.0.0.0/8")) {
      LoopbackServer stranger =
          LoopbackServer.startOn(
              InetAddress.getByName("127.0.0.2"), e -> e.reply(503, "busy", "Retry-After: 0"));
      open.add(stranger);
      LoopbackServer redirecting =
          server(e -> e.reply(307, "", "Location: http://" + stranger.address() + e.path()));
      OkHttpClient http = mesh(redirecting, KEY, networks).wrap(new OkHttpClient());

      Reply reply = post(http, "http://inventory/order");

      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.headers()).containsEntry("retry-after", "0");
      assertThat(stranger.requests).hasSize(1);
    }
  }

  private static Reply post(OkHttpClient http, String url) throws IOException {
    return OkHttpDriverTest.reply(http, OkHttpDriverTest.request("POST", url, Map.of(), "order"));
  }

  @Test
  void noConnectionOutlivesTheMesh() throws Exception {
    LoopbackServer stranger = second();
    Mesh mesh = redirectingTo("http://" + stranger.address() + "/y", "127.0.0.0/8");
    assertThat(get(mesh.wrap(new OkHttpClient()), "http://inventory/out").body())
        .isEqualTo("second /y");
    assertThat(stranger.openConnections()).isOne();

    mesh.close();

    await(() -> stranger.openConnections() == 0);
  }
}
