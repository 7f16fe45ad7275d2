package dev.inmesh.http;

import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What the mesh must know of the request of a call, whatever client it is made with. */
public interface CalledRequest {

  /** The HTTP method. */
  String method();

  /** The path of the URL, encoded, at least {@code /}. */
  String path();

  /** The URL as called. */
  String url();

  /** The same, made when it is needed. */
  URI uri();

  /** The value of a header; null when it is missing. */
  @Nullable String header(String name);

  /** The decoded value of a query parameter; null when it is missing. */
  @Nullable String query(String name);

  /** Whether its body can be sent a second time. */
  boolean isReplayable();

  /** Whether nobody waits for an answer any more, so that it must not be tried again. */
  boolean isCancelled();
}
