package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.call.MeshException;
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
import java.util.List;
import java.util.Map;
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
}
