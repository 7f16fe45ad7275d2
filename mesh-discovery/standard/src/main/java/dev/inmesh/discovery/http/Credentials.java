package dev.inmesh.discovery.http;

import java.io.IOException;
import java.util.Map;

/** By what a client says who it is. Asked before each request, since tokens are replaced. */
@FunctionalInterface
public interface Credentials {

  /**
   * Headers of a request; their values are taken from all messages.
   *
   * @throws IOException if they can't be had now; the message says nothing of them
   */
  Map<String, String> headers() throws IOException;

  /** A header that stays, or none for an empty value. */
  static Credentials header(String name, String value) {
    Map<String, String> headers = value.isEmpty() ? Map.of() : Map.of(name, value);
    return () -> headers;
  }
}
