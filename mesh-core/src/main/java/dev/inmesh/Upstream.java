package dev.inmesh;

import dev.inmesh.call.MeshException;
import dev.inmesh.engine.ServerView;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.generic.GenericCall;
import dev.inmesh.http.AddressCheck;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A named group of servers that can answer the same calls. Safe for concurrent use; it follows the
 * configuration: once the upstream is configured no longer, every method but {@link #name} throws
 * an {@link IllegalArgumentException}.
 *
 * <pre>{@code
 * Upstream inventory = mesh.upstream("inventory");
 * inventory.drain("10.0.0.3:5000").join();   // deploy there now
 * inventory.restore("10.0.0.3:5000");
 * }</pre>
 */
public final class Upstream {

  private final String name;
  private final Supplier<UpstreamEngine> current;
  private final Executor executor;
  private final Executor stopping;
  private final AddressCheck check;

  /**
   * @param current the engine as it is now; throws when the upstream is no longer configured
   * @param executor runs code of users that may block
   * @param stopping runs what stops that code
   * @param check of the server, before that code
   */
  Upstream(
      String name,
      Supplier<UpstreamEngine> current,
      Executor executor,
      Executor stopping,
      AddressCheck check) {
    this.name = name;
    this.current = current;
    this.executor = executor;
    this.stopping = stopping;
    this.check = check;
  }

  private UpstreamEngine engine() {
    return current.get();
  }

  /** Its name, the host part of the URLs that mean it. */
  public String name() {
    return name;
  }

  /** Its servers in the order of the list, as they are now. */
  public List<ServerStatus> servers() {
    return engine().servers(System.nanoTime()).stream().map(Upstream::status).toList();
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
    return engine().active();
  }

  /**
   * A call in a protocol that the mesh doesn't know: picks a server, lets the code talk to it, and
   * sees to balancing, timeouts, retries, ejection and the breaker as for every other call.
   *
   * <pre>{@code
   * String answer = mesh.upstream("mail").call(server -> smtp.send(server.host(), server.port()));
   * }</pre>
   *
   * <p>With {@code mesh.allowed-networks} a server outside is refused before the code runs; for a
   * name that means that none of its addresses is inside. What the code connects to is its own
   * doing: list servers by their addresses to be sure.
   *
   * <p>The code runs on a thread of the mesh, and this one waits for it, but never longer than the
   * call's timeout: then the code's thread is interrupted. Code that doesn't stop for that holds
   * its thread, of which there are 1024; use {@link #call(CancellableServerCall)} for it. It is run
   * again, on another server, only when no connection was made. There is no fallback.
   *
   * @return what the code returns
   * @throws MeshException when no attempt succeeded in time; its cause is what the code threw
   * @throws RuntimeException as the code threw it, without an {@link java.io.IOException} in its
   *     causes
   */
  public <T> T call(ServerCall<T> code) throws MeshException {
    return call((server, cancellation) -> code.on(server));
  }

  /** The same with code that is told when to stop. */
  public <T> T call(CancellableServerCall<T> code) throws MeshException {
    return execute(code, false);
  }

  /**
   * The same with code that may run twice without harm: tried again by {@code retry.on}, and hedged
   * by {@code hedge.after}.
   */
  public <T> T callIdempotent(CancellableServerCall<T> code) throws MeshException {
    return execute(code, true);
  }

  private <T> T execute(CancellableServerCall<T> code, boolean idempotent) throws MeshException {
    return new GenericCall<T>(engine(), executor, stopping, check::check, code::on, idempotent)
        .execute();
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
    return engine().drain(address, System.nanoTime()).thenApplyAsync(Function.identity());
  }

  /**
   * Puts a drained server back. Of no effect when it isn't drained.
   *
   * @throws IllegalArgumentException if no server has this address
   */
  public void restore(String address) {
    engine().restore(address, System.nanoTime());
  }

  @Override
  public String toString() {
    return name() + " " + servers();
  }
}
