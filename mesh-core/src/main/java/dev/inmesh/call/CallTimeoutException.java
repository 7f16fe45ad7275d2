package dev.inmesh.call;

import org.jspecify.annotations.Nullable;

/** The call's time ran out; {@link #phase()} says what took it. */
public final class CallTimeoutException extends MeshException {

  private static final long serialVersionUID = 1L;

  private final Phase phase;

  /**
   * @param phase what the call was busy with
   */
  public CallTimeoutException(
      String upstream, String message, Phase phase, @Nullable Throwable cause) {
    super(upstream, message, cause);
    this.phase = phase;
  }

  /** What the call was busy with when its time ran out. */
  public Phase phase() {
    return phase;
  }
}
