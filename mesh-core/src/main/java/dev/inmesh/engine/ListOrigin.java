package dev.inmesh.engine;

import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** Who says which servers there are, for messages. Safe for concurrent use. */
final class ListOrigin {

  private static final long SECOND = 1_000_000_000;

  private volatile @Nullable LongFunction<String> registry;

  /** A registry does: what to say of its list at an instant. */
  void listedBy(LongFunction<String> words) {
    registry = words;
  }

  /** The configuration does. */
  void configured() {
    registry = null;
  }

  /** {@code list from configuration 4s ago}. */
  String words(long listedAt, long now) {
    LongFunction<String> said = registry;
    return said != null
        ? said.apply(now)
        : "list from configuration " + (now - listedAt) / SECOND + "s ago";
  }
}
