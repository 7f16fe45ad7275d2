package dev.inmesh.call;

/** The upstream as a whole fails, and its breaker lets no call pass for a while. Do without it. */
public final class BreakerOpenException extends MeshException {

  private static final long serialVersionUID = 1L;

  public BreakerOpenException(String upstream, String message) {
    super(upstream, message, null);
  }
}
