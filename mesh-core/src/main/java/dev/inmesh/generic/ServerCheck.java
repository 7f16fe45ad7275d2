package dev.inmesh.generic;

import dev.inmesh.server.Server;
import java.io.IOException;
import java.time.Duration;

/** What is asked of a server before the user's code talks to it; may have to look its name up. */
@FunctionalInterface
public interface ServerCheck {

  /**
   * Throws what is wrong with the server, of which nothing was asked yet.
   *
   * @throws IOException if the code must not run
   */
  void check(Server server, Duration timeLeft) throws IOException, InterruptedException;
}
