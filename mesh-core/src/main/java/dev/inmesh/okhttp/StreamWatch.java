package dev.inmesh.okhttp;

import dev.inmesh.timer.Timers;
import java.io.IOException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import okhttp3.Connection;
import okhttp3.Protocol;
import org.jspecify.annotations.Nullable;

/**
 * An attempt over HTTP/2 and the connection that it shares with others. To cancel it resets its
 * stream, which neither frees a thread that writes to a peer that doesn't read, or waits for one
 * that does, nor finds out that the path to the peer is dead. So this one closes what is stuck, and
 * has what is dead not used again. Of the thread of the attempt; a cancel comes from any.
 */
final class StreamWatch {

  /** A write that is under way for so long after the cancel is stuck; a few milliseconds early. */
  private static final long STUCK_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final WrappedSocket socket;
  private final Runnable renew;
  private final Timers timers;
  private final Executor threads;
  private final long readsBefore;
  private volatile boolean writing;
  private volatile boolean cancelled;

  private StreamWatch(WrappedSocket socket, Runnable renew, Timers timers, Executor threads) {
    this.socket = socket;
    this.renew = renew;
    this.timers = timers;
    this.threads = threads;
    this.readsBefore = socket.reads();
  }

  /** Of an attempt that begins on a connection; null where there is nothing to watch. */
  static @Nullable StreamWatch of(
      Connection connection, AttemptClients.Target target, AttemptClients clients) {
    Protocol protocol = connection.protocol();
    if (protocol != Protocol.HTTP_2 && protocol != Protocol.H2_PRIOR_KNOWLEDGE) {
      return null;
    }
    WrappedSocket socket = target.endpoint().sockets().below(connection.socket());
    return socket == null
        ? null
        : new StreamWatch(socket, target::renew, clients.timers(), clients.hedgeThreads());
  }

  /** Whether it is about to write, or waits to, from now on. */
  void writing(boolean now) {
    writing = now;
    if (now && cancelled) {
      lookLater(socket.writeUnderWay(), STUCK_NANOS);
    }
  }

  /**
   * The attempt is cancelled.
   *
   * @param outOfTime whether because its time is up: with nothing read meanwhile, by whichever
   *     attempt, nobody knows whether anybody is there
   */
  void cancelled(boolean outOfTime) {
    if (outOfTime && socket.reads() == readsBefore) {
      renew.run();
    }
    cancelled = true; // Before the look, as whoever begins to write does the opposite.
    if (writing) {
      lookLater(socket.writeUnderWay(), STUCK_NANOS);
    }
  }

  private void lookLater(long write, long nanos) {
    timers.schedule(nanos, () -> look(write, nanos));
  }

  /** Closes the connection under all who use it: none of them could send anything more over it. */
  private void look(long before, long pause) {
    long write = socket.writeUnderWay();
    if (!writing) {
      return;
    }
    if (write != 0 && write == before) {
      threads.execute(this::close);
    } else {
      lookLater(write, Math.min(2 * pause, LONGEST_PAUSE_NANOS));
    }
  }

  /** Without TLS's farewell, which would wait for that write too. */
  private void close() {
    try {
      socket.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
  }
}
