package dev.inmesh.generic;

import dev.inmesh.call.MeshException;
import dev.inmesh.event.Failure;
import dev.inmesh.server.OutsideNetworksException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** What the exceptions of code that we don't know say of the server. */
final class Failures {

  /** No chain of causes is longer, unless it is a circle. */
  private static final int MOST_CAUSES = 50;

  private Failures() {}

  /**
   * The kind of failure; null when it looks like a bug of that code. The innermost cause that says
   * something decides.
   */
  static @Nullable Failure kind(Throwable thrown) {
    boolean checked = !(thrown instanceof RuntimeException || thrown instanceof Error);
    Failure kind = checked ? Failure.ERROR : null;
    int depth = 0;
    for (Throwable t = thrown; t != null && depth < MOST_CAUSES; t = t.getCause()) {
      depth++;
      if (t instanceof MeshException) {
        return Failure.ERROR; // What it called in turn; its connections are not ours.
      }
      Failure own = ofItself(t);
      kind = own == null ? kind : own;
    }
    return kind;
  }

  private static @Nullable Failure ofItself(Throwable t) {
    String message = t.getMessage() == null ? "" : t.getMessage();
    if (t instanceof ConnectException) {
      if (message.contains("timed out")) {
        return Failure.CONNECT_TIMEOUT;
      }
      return message.contains("refused") ? Failure.REFUSED : Failure.CONNECT;
    }
    if (t instanceof OutsideNetworksException) {
      return Failure.OUTSIDE;
    }
    if (t instanceof NoRouteToHostException
        || t instanceof UnknownHostException
        || t instanceof UnresolvedAddressException) {
      return Failure.CONNECT;
    }
    if (t instanceof InterruptedIOException) {
      // As java.net.Socket says it, when it was still connecting.
      return message.startsWith("Connect timed out") ? Failure.CONNECT_TIMEOUT : Failure.TIMEOUT;
    }
    if (t instanceof TimeoutException) {
      return Failure.TIMEOUT;
    }
    return t instanceof IOException ? Failure.ERROR : null;
  }

  /**
   * Whether nothing can have been done: the exception itself says that no connection was made, or
   * the one that it only wraps. A failed connection somewhere among the causes may be one that the
   * code made for a purpose of its own, after its work was done.
   */
  static boolean wasSent(Throwable thrown) {
    Failure kind = ofItself(thrown);
    Throwable cause = thrown.getCause();
    if ((kind == null || kind == Failure.ERROR)
        && cause != null
        && !(thrown instanceof IOException)) {
      kind = ofItself(cause);
    }
    return kind == null || kind == Failure.ERROR || kind == Failure.TIMEOUT;
  }
}
