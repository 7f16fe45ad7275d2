package dev.inmesh;

import dev.inmesh.engine.ServerView;
import dev.inmesh.engine.UpstreamEngine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * A named group of servers that can answer the same calls. Safe for concurrent use; it follows the
 * configuration.
 *
 * <pre>{@code
 * Upstream inventory = mesh.upstream("inventory");
 * inventory.drain("10.0.0.3:5000").join();   // deploy there now
 * inventory.restore("10.0.0.3:5000");
 * }</pre>
 */
public final class Upstream {

  private final UpstreamEngine engine;

  Upstream(UpstreamEngine engine) {
    this.engine = engine;
  }

  /** Its name, the host part of the URLs that mean it. */
  public String name() {
    return engine.settings().name();
  }

  /** Its servers in the order of the list, as they are now. */
  public List<ServerStatus> servers() {
    return engine.servers(System.nanoTime()).stream().map(Upstream::status).toList();
  }

  private static ServerStatus status(ServerView view) {
    return new ServerStatus(
        view.address(),
        ServerStatus.State.valueOf(view.state().name()),
        view.reason(),
        view.timeLeft(),
        view.weight(),
        view.backup(),
        view.inFlight(),
        view.latency());
  }

  /** Calls in flight now, their bodies included. */
  public int active() {
    return engine.active();
  }

  /**
   * Takes a server out, as for a deployment: no attempt goes there any more, running ones finish.
   * Of no effect when it is out already. A drain ends with {@link #restore}, or when the server
   * leaves the list.
   *
   * @param address {@code host:port} as in {@link #servers()}
   * @return done when nothing is in flight on it; cancelled when it is restored before
   * @throws IllegalArgumentException if no server has this address
   */
  public CompletableFuture<Void> drain(String address) {
    // Handed on to another thread: what the user hangs on it must not run inside a call.
    return engine.drain(address, System.nanoTime()).thenApplyAsync(Function.identity());
  }

  /**
   * Puts a drained server back. Of no effect when it isn't drained.
   *
   * @throws IllegalArgumentException if no server has this address
   */
  public void restore(String address) {
    engine.restore(address, System.nanoTime());
  }

  @Override
  public String toString() {
    return name() + " " + servers();
  }
}
