package dev.inmesh.jdbc;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an HTTP server answers where a statement was refused by the throttle: that it is too busy,
 * and when to come again.
 *
 * <pre>{@code
 * } catch (RuntimeException e) {
 *   ThrottledResponse busy = ThrottledResponse.of(e).orElseThrow(() -> e);
 *   response.setStatus(busy.status());
 *   response.setHeader("Retry-After", busy.retryAfter());
 * }
 * }</pre>
 *
 * <p>Immutable.
 *
 * @param status 503, Service Unavailable
 * @param retryAfter the value of the header {@code Retry-After}: whole seconds, at least one
 */
public record ThrottledResponse(int status, String retryAfter) {

  private static final int SERVICE_UNAVAILABLE = 503;

  /** Causes are followed no further than this: some lead back to where they began. */
  private static final int DEEPEST = 32;

  /**
   * The answer to a request that failed, if a {@link ThrottledException} was the reason: frameworks
   * wrap it in exceptions of their own. Empty for every other failure.
   */
  public static Optional<ThrottledResponse> of(@Nullable Throwable failure) {
    Throwable cause = failure;
    for (int depth = 0; cause != null && depth < DEEPEST; depth++) {
      if (cause instanceof ThrottledException throttled) {
        long seconds = throttled.retryAfter().toSeconds();
        return Optional.of(new ThrottledResponse(SERVICE_UNAVAILABLE, Long.toString(seconds)));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }
}
