package dev.inmesh.generic;

import dev.inmesh.event.Failure;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import org.jspecify.annotations.Nullable;

/** What the exceptions of code that we don't know say of the server. */
final class Failures {

  private Failures() {}

  /** The kind of failure; null when it looks like a bug of that code. */
  static @Nullable Failure kind(Throwable thrown) {
    Failure kind = null;
    int depth = 0;
    for (Throwable t = thrown; t != null && depth < 50; t = t.getCause()) {
      depth++;
      if (t instanceof ConnectException) {
        String message = t.getMessage();
        boolean timedOut = message != null && message.contains("timed out");
        return timedOut ? Failure.CONNECT_TIMEOUT : Failure.REFUSED;
      }
      if (t instanceof NoRouteToHostException
          || t instanceof UnknownHostException
          || t instanceof UnresolvedAddressException) {
        return Failure.CONNECT;
      }
      if (t instanceof InterruptedIOException) {
        String message = t.getMessage();
        // As java.net.Socket says it, when it was still connecting.
        boolean connecting = message != null && message.startsWith("Connect timed out");
        return connecting ? Failure.CONNECT_TIMEOUT : Failure.TIMEOUT;
      }
      if (t instanceof IOException) {
        kind = Failure.ERROR;
      }
    }
    boolean checked = !(thrown instanceof RuntimeException || thrown instanceof Error);
    return kind == null && checked ? Failure.ERROR : kind;
  }
}
