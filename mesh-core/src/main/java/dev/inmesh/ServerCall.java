package dev.inmesh;

import dev.inmesh.server.Server;

/**
 * What to do with a server, in whatever protocol it speaks; see {@link Upstream#call(ServerCall)}.
 *
 * @param <T> what comes of it
 */
@FunctionalInterface
public interface ServerCall<T> {

  /**
   * Talks to the server.
   *
   * @throws Exception when that went wrong: with an {@link java.io.IOException} in its causes, or
   *     checked, it is the server's failure; another {@link RuntimeException} is taken for a bug of
   *     this code, is charged to nobody, and reaches the caller as it is
   */
  T on(Server server) throws Exception;
}
