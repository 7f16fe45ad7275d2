package dev.inmesh.server;

import java.io.IOException;
import java.time.Duration;

/**
 * Writes one server into a registry, as {@code mesh.discovery.<id>} configures it. There is one for
 * each registration, and one thread uses it.
 *
 * <p>A registrar stays small, since the mesh keeps the rules: whether the server is healthy, when
 * it is drained, and when to try again. Each method makes something true, however often it was true
 * before, and returns, or throws when it can't know. It keeps nothing alive by threads of its own:
 * it is asked again.
 */
public interface Registrar extends AutoCloseable {

  /**
   * Makes the registry list this entry, and no other that this or a former process has written for
   * its address.
   *
   * <p>Called again with the same entry at least each {@link #renewal()}: that keeps alive what
   * expires, puts back what the registry has lost, and should cost little otherwise. Called with
   * another one (the same address, {@code drain} more) when that is to be listed instead.
   *
   * @param service what the registry knows the service by
   * @throws IOException when the registry can't be reached or refuses; the message, from which the
   *     mesh takes credentials, says so in a few words
   * @throws InterruptedException when told to stop
   */
  void register(String service, ServerEntry entry) throws IOException, InterruptedException;

  /**
   * Makes the registry list no entry of this address.
   *
   * @throws IOException as for {@link #register}
   * @throws InterruptedException when told to stop
   */
  void deregister(String service, ServerEntry entry) throws IOException, InterruptedException;

  /**
   * Whether clients of this registry can see that an entry has {@code drain}. Where they can't, the
   * server is deregistered when it is drained.
   */
  boolean canDrain();

  /** How often an entry is renewed: well below what it takes to expire, and more than zero. */
  Duration renewal();

  /**
   * Ends its connections and threads. An entry that is still registered expires when the registry
   * has missed its renewal for long enough. May be called by another thread, also during a call of
   * the other methods.
   */
  @Override
  void close();
}
