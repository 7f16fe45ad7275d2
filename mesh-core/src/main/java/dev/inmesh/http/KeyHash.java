package dev.inmesh.http;

import dev.inmesh.config.BalancerType;
import dev.inmesh.config.HashKey;
import dev.inmesh.config.UpstreamSettings;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The hash of what {@code hash.key} names, for {@code balancer=hash}. */
public final class KeyHash {

  private KeyHash() {}

  /**
   * The hash of a call's key; 0 when the balancer needs none. A call without the header or
   * parameter goes by its path.
   *
   * @param header the value of a request header by its name; null when missing
   * @param query the value of a query parameter by its name; null when missing
   */
  public static long of(
      UpstreamSettings settings,
      String path,
      Function<String, @Nullable String> header,
      Function<String, @Nullable String> query) {
    if (settings.balancer() != BalancerType.HASH) {
      return 0;
    }
    HashKey key = settings.hashKey();
    String value =
        switch (key.kind()) {
          case PATH -> path;
          case HEADER -> header.apply(key.name());
          case QUERY -> query.apply(key.name());
        };
    return hash(value == null ? path : value);
  }

  /** FNV-1a (Fowler, Noll, Vo): the same in every process. The balancer mixes it. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }
}
