package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.http.LoopbackServer;
import dev.inmesh.http.Resolver;
import dev.inmesh.okhttp.UpstreamConnections.Endpoint;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

/** What is connected when the name service says one thing, or several, or changes its mind. */
final class ServerSocketsTest {

  private final AtomicReference<AllowedNetworks> networks =
      new AtomicReference<>(AllowedNetworks.of(List.of("127.0.0.2/32")));

  private Socket socket(int port, String... addresses) throws Exception {
    return socket(endpoint(addresses), port);
  }

  private static Socket socket(Endpoint endpoint, int port) throws IOException {
    return new ServerSockets(SocketFactory.getDefault(), endpoint, port).createSocket();
  }

  private Endpoint endpoint(String... addresses) throws Exception {
    InetAddress[] found = new InetAddress[addresses.length];
    for (int i = 0; i < addresses.length; i++) {
      found[i] = InetAddress.getByName(addresses[i]);
    }
    Resolver resolver = new Resolver(Runnable::run, host -> found);
    return new Endpoint(resolver.name("stock.example"), networks::get);
  }

  /** OkHttp tells of a connection by the one above, and closes that one alone. */
  @Test
  void theSocketBelowOneOfTlsIsKnownUntilThatIsClosed() throws Exception {
    Endpoint endpoint = endpoint("127.0.0.2");
    try (LoopbackServer inside = inside();
        Socket below = socket(endpoint, inside.port())) {
      below.connect(wanted("127.0.0.2"), 1000);
      SSLSocketFactory tls = (SSLSocketFactory) SSLSocketFactory.getDefault();
      Socket above = tls.createSocket(below, "stock.example", 443, true);
      assertThat(endpoint.sockets().below(above)).isSameAs(below);
      assertThat(endpoint.sockets().isEmpty()).isFalse();

      above.close();

      assertThat(endpoint.sockets().isEmpty()).isTrue();
    }
  }

  private static InetSocketAddress wanted(String address) throws Exception {
    return new InetSocketAddress(InetAddress.getByName(address), 80);
  }

  @Test
  void ofSeveralAddressesOneInsideIsConnectedWhateverIsWanted() throws Exception {
    try (LoopbackServer inside = inside();
        Socket socket = socket(inside.port(), "127.0.0.3", "127.0.0.2")) {
      socket.connect(wanted("127.0.0.3"), 1000);

      assertThat(socket.getInetAddress()).isEqualTo(InetAddress.getByName("127.0.0.2"));
    }
  }

  @Test
  void whereNoneIsInsideNothingIsConnected() throws Exception {
    try (LoopbackServer inside = inside();
        Socket socket = socket(inside.port(), "127.0.0.3", "127.0.0.4")) {
      assertThatThrownBy(() -> socket.connect(wanted("127.0.0.4")))
          .isInstanceOf(OutsideNetworksException.class)
          .hasMessage(
              "127.0.0.4 of stock.example:%d is outside mesh.allowed-networks (127.0.0.2/32);"
                  + " nothing was sent",
              inside.port());
      assertThat(socket.isConnected()).isFalse();
    }
  }

  @Test
  void theNetworksCountAsTheyAreWhenItConnects() throws Exception {
    try (LoopbackServer inside = inside();
        Socket socket = socket(inside.port(), "127.0.0.2")) {
      networks.set(AllowedNetworks.of(List.of("10.0.0.0/8")));

      assertThatThrownBy(() -> socket.connect(wanted("127.0.0.2")))
          .isInstanceOf(OutsideNetworksException.class);
      assertThat(inside.connections).hasValue(0);
    }
  }

  @Test
  void aSocksProxyOfTheProcessIsNotConnectedInTheServersPlace() throws Exception {
    ProxySelector before = ProxySelector.getDefault();
    try (LoopbackServer inside = inside();
        LoopbackServer proxy = LoopbackServer.start(e -> e.reply(200, ""))) {
      ProxySelector.setDefault(
          socks(new InetSocketAddress(InetAddress.getLoopbackAddress(), proxy.port())));
      try (Socket socket = socket(inside.port(), "127.0.0.2")) {
        socket.connect(wanted("127.0.0.2"), 1000);

        assertThat(socket.getInetAddress()).isEqualTo(InetAddress.getByName("127.0.0.2"));
      }
      assertThat(proxy.connections).hasValue(0);
    } finally {
      ProxySelector.setDefault(before);
    }
  }

  private static ProxySelector socks(InetSocketAddress address) {
    return new ProxySelector() {
      @Override
      public List<Proxy> select(URI uri) {
        return List.of(new Proxy(Proxy.Type.SOCKS, address));
      }

      @Override
      public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {
        // Nobody connects.
      }
    };
  }

  @Test
  void noSocketIsMadePastTheCheck() throws Exception {
    InetAddress any = InetAddress.getByName("127.0.0.2");
    SocketFactory sockets =
        new GuardedSockets(SocketFactory.getDefault(), () -> AllowedNetworks.ANY);

    assertThatThrownBy(() -> sockets.createSocket("127.0.0.2", 80))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> sockets.createSocket(any, 80))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> sockets.createSocket("127.0.0.2", 80, any, 0))
        .isInstanceOf(UnsupportedOperationException.class);
    assertThatThrownBy(() -> sockets.createSocket(any, 80, any, 0))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  private static LoopbackServer inside() throws Exception {
    return LoopbackServer.startOn(InetAddress.getByName("127.0.0.2"), e -> e.reply(200, ""));
  }
}
