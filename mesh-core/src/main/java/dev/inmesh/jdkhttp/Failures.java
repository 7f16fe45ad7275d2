package dev.inmesh.jdkhttp;

import dev.inmesh.call.Phase;
import dev.inmesh.event.Failure;
import java.net.ConnectException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** What the exceptions of the JDK's client say of an attempt. */
final class Failures {

  private Failures() {}

  /** What kind of failure it was, before an answer began. */
  static Failure kind(Throwable failure, @Nullable WatchedPublisher body) {
    boolean begun = body != null && body.hasBegun();
    if (failure instanceof HttpConnectTimeoutException && !begun) {
      return Failure.CONNECT_TIMEOUT;
    }
    if (failure instanceof HttpTimeoutException) {
      return Failure.TIMEOUT;
    }
    if (failure instanceof ConnectException && !begun) {
      return isRefused(failure) ? Failure.REFUSED : Failure.CONNECT;
    }
    return failure instanceof SSLException && !begun ? Failure.CONNECT : Failure.ERROR;
  }

  /** The same of reading a body. */
  static Failure kindOfBody(Throwable failure) {
    return failure instanceof HttpTimeoutException ? Failure.TIMEOUT : Failure.ERROR;
  }

  /**
   * The client tries a connect that was refused once more, over the channel that is closed by then,
   * and that is what it reports. Other failures to connect are no ConnectException to begin with.
   */
  private static boolean isRefused(Throwable failure) {
    String message = failure.getMessage();
    return failure.getCause() instanceof ClosedChannelException
        || (message != null && message.contains("refused"));
  }

  /** What the attempt was busy with. */
  static Phase phase(Throwable failure, Failure kind, @Nullable WatchedPublisher body) {
    return failure instanceof SSLException && kind == Failure.CONNECT
        ? Phase.TLS
        : phaseWithoutAnswer(kind, body);
  }

  static Phase phaseWithoutAnswer(Failure kind, @Nullable WatchedPublisher body) {
    if (!wasSent(kind)) {
      return Phase.CONNECT;
    }
    return body != null && body.isBeingWritten() ? Phase.WRITE : Phase.SERVER;
  }

  /** Whether a byte of the request may have left. */
  static boolean wasSent(Failure kind) {
    return switch (kind) {
      case REFUSED, CONNECT, CONNECT_TIMEOUT, OUTSIDE -> false;
      case ERROR, TIMEOUT, STATUS -> true;
    };
  }

  static Throwable unwrapped(@Nullable Throwable failure) {
    Throwable unwrapped = failure == null ? new IllegalStateException("no failure") : failure;
    while ((unwrapped instanceof CompletionException || unwrapped instanceof ExecutionException)
        && unwrapped.getCause() != null) {
      unwrapped = unwrapped.getCause();
    }
    return unwrapped;
  }
}
