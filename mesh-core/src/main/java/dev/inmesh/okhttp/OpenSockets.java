package dev.inmesh.okhttp;

import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The open sockets to one server. OkHttp tells of a connection by its socket, which may be one of
 * TLS over ours; both have the same ends. Safe for concurrent use.
 */
final class OpenSockets {

  private record Ends(@Nullable SocketAddress local, @Nullable SocketAddress remote) {

    static Ends of(Socket socket) {
      return new Ends(socket.getLocalSocketAddress(), socket.getRemoteSocketAddress());
    }
  }

  private final ConcurrentHashMap<Ends, WrappedSocket> byEnds = new ConcurrentHashMap<>();

  void opened(WrappedSocket socket) {
    byEnds.put(Ends.of(socket), socket);
  }

  /** It is about to be closed: afterwards its ends are not known any more. */
  void closing(WrappedSocket socket) {
    byEnds.remove(Ends.of(socket), socket);
  }

  /** The one below a socket; null when it isn't known, as below one that doesn't say its ends. */
  @Nullable WrappedSocket below(Socket socket) {
    return byEnds.get(Ends.of(socket));
  }

  boolean isEmpty() {
    return byEnds.isEmpty();
  }
}
