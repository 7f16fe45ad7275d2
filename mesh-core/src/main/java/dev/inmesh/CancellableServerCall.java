package dev.inmesh;

import dev.inmesh.call.Cancellation;
import dev.inmesh.server.Server;

/**
 * As {@link ServerCall}, for code that can be stopped.
 *
 * @param <T> what comes of it
 */
@FunctionalInterface
public interface CancellableServerCall<T> {

  /**
   * Talks to the server.
   *
   * @param cancellation tells it to stop, and how much time is left
   * @throws Exception as {@link ServerCall#on}
   */
  T on(Server server, Cancellation cancellation) throws Exception;
}
