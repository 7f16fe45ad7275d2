package dev.inmesh.call;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A call failed and there was no fallback for it. The message alone answers the first question; the
 * cause is the last real failure, earlier ones are suppressed by it. There is one subtype for each
 * thing that a caller can do about it; this type itself says that every attempt that could be made
 * has failed.
 */
public class MeshException extends IOException {

  private static final long serialVersionUID = 1L;

  private final String upstream;

  /**
   * @param upstream the upstream's name
   * @param message the text behind {@code <upstream>: }
   */
  public MeshException(String upstream, String message, @Nullable Throwable cause) {
    super(upstream + ": " + message, cause);
    this.upstream = upstream;
  }

  /** The name of the upstream that was called. */
  public final String upstream() {
    return upstream;
  }
}
