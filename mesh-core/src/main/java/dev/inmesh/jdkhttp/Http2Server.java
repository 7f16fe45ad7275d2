package dev.inmesh.jdkhttp;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * What is known of a client's connection of HTTP/2 to one server, which has answered over it. A
 * path that dies without a word (a partition, a NAT that forgot) is seen by nobody: streams run out
 * of time one by one, and the client goes on to use the connection. Safe for concurrent use.
 */
final class Http2Server {

  /** So many attempts in a row that saw no sign of life are no coincidence any more. */
  private static final int MANY = 3;

  private final AtomicInteger silent = new AtomicInteger();
  private volatile long heardNanos;

  /** Something came from the server. */
  void heard() {
    heardNanos = System.nanoTime();
    if (silent.get() != 0) {
      silent.set(0);
    }
  }

  /** An attempt ran out of time. One that something came in is no sign, whoever that was for. */
  void timedOut(long startNanos) {
    if (startNanos - heardNanos > 0) {
      silent.incrementAndGet();
    }
  }

  /** Whether its connection seems to be dead. */
  boolean isSilent() {
    return silent.get() >= MANY;
  }
}
