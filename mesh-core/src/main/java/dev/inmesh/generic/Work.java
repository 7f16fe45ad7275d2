package dev.inmesh.generic;

import dev.inmesh.call.Cancellation;
import dev.inmesh.server.Server;

/** The user's code that talks to a server. */
@FunctionalInterface
public interface Work<T> {

  /** Talks to the server. */
  T on(Server server, Cancellation cancellation) throws Exception;
}
