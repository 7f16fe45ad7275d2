package dev.inmesh.call;

/** As many calls as {@code max-requests} allows are in flight. Call less, or raise the limit. */
public final class LimitExceededException extends MeshException {

  private static final long serialVersionUID = 1L;

  public LimitExceededException(String upstream, String message) {
    super(upstream, message, null);
  }
}
