package dev.inmesh.server;

import java.util.List;

/**
 * Where a {@link ServerSource} says what its registry lists. To be used by the thread that follows;
 * once that was told to stop, nothing that is said here has an effect.
 */
public interface Listing {

  /**
   * The registry's whole list, as it is now. Entries that can't be used are dropped and the rest
   * holds at once; a server that is there twice counts once.
   *
   * @param entries in an order that means nothing
   * @return whether the list is settled; false when it has no server that could be used, which must
   *     be confirmed: ask the registry anew, after a while of a poll, and say what it answers then
   */
  boolean list(List<ServerEntry> entries);

  /** The registry has confirmed that the last list still holds; its age begins anew. */
  void unchanged();
}
