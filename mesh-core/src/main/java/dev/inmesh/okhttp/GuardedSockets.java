package dev.inmesh.okhttp;

import dev.inmesh.server.AllowedNetworks;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.function.Supplier;
import javax.net.SocketFactory;

/** Makes sockets that connect only to what the networks allow, wherever a redirect leads. */
final class GuardedSockets extends ConnectingSockets {

  private final Supplier<AllowedNetworks> networks;

  GuardedSockets(SocketFactory delegate, Supplier<AllowedNetworks> networks) {
    super(delegate);
    this.networks = networks;
  }

  @Override
  void connect(Socket socket, SocketAddress wanted, int timeoutMillis) throws IOException {
    InetSocketAddress address = (InetSocketAddress) wanted;
    networks.get().check(address.getAddress(), address.getHostString(), address.getPort());
    socket.connect(address, timeoutMillis);
  }
}
