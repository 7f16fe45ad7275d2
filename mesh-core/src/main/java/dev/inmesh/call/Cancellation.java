package dev.inmesh.call;

import java.time.Duration;

/**
 * What code that talks to a server by itself is told of the time it has. Safe for concurrent use.
 */
public interface Cancellation {

  /**
   * What stops the work at once, as closing its socket does: run when time is up, or when nobody
   * waits for the answer any more, on a thread of the mesh; at once, on this one, if that has
   * happened already. It should not block, as the close of a socket of TLS may, but nobody waits
   * for it.
   */
  void onCancel(Runnable stop);

  /** Whether nobody waits for the answer any more. */
  boolean isCancelled();

  /** How long it may still take; zero when time is up. */
  Duration timeLeft();
}
