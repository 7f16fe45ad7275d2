package dev.inmesh.server;

import java.io.IOException;

/**
 * A registry that server lists come from, as {@code mesh.discovery.<id>} configures it. Safe for
 * concurrent use: it is followed for several services at the same time, each in a thread of the
 * mesh.
 *
 * <p>A source stays small, since the mesh keeps the rules: which entries can be used, that an empty
 * list is confirmed, that the last good list stays while the registry is away, and when to ask
 * again. A source says what the registry says, and throws when it can't.
 */
public interface ServerSource extends AutoCloseable {

  /**
   * Follows the list of a service until the thread is interrupted: says the list at first and after
   * each change, and that it is unchanged at least every few seconds while the registry is there.
   *
   * <p>When it throws or returns, it is called again, after a back-off of at most 2 seconds.
   *
   * @param service what the registry knows the upstream by
   * @throws IOException when the registry can't be reached or answers nonsense; the message, from
   *     which the mesh takes credentials, says so in a few words
   * @throws InterruptedException when told to stop
   */
  void follow(String service, Listing listing) throws IOException, InterruptedException;

  /** Ends its connections and threads; those who still follow are interrupted before. */
  @Override
  void close();
}
