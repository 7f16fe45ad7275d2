package dev.inmesh.jdbc.throttle;

import java.util.List;
import java.util.OptionalLong;

/**
 * What this process has seen of a server in one window. Immutable.
 *
 * @param texts the statement texts it spent the most time with, some dozens at most; the time that
 *     a statement waited for its turn here is not the server's
 * @param commits that ended
 * @param commitNanos what they took together
 * @param pingNanos what the network and a statement that does nothing take, if that is known
 */
public record ClientWindow(
    List<TextTime> texts, long commits, long commitNanos, OptionalLong pingNanos) {

  /** Nothing was seen. */
  public static final ClientWindow EMPTY = new ClientWindow(List.of(), 0, 0, OptionalLong.empty());

  /** Copies the list. */
  public ClientWindow {
    texts = List.copyOf(texts);
  }
}
