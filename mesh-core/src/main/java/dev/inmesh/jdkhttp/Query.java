package dev.inmesh.jdkhttp;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** The query of a URL. */
final class Query {

  private Query() {}

  /** The first value of a parameter, decoded; null when it is missing or has none. */
  static @Nullable String parameter(URI uri, String name) {
    String query = uri.getRawQuery();
    if (query == null) {
      return null;
    }
    for (String part : query.split("&", -1)) {
      int equals = part.indexOf('=');
      if (equals >= 0 && decoded(part.substring(0, equals)).equals(name)) {
        return decoded(part.substring(equals + 1));
      }
    }
    return null;
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text, StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notEncoded) {
      return text;
    }
  }
}
