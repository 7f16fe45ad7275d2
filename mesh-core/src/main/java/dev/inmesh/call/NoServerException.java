package dev.inmesh.call;

/**
 * No server of the upstream can be tried now; the message counts why. Look at the servers, or wait.
 */
public final class NoServerException extends MeshException {

  private static final long serialVersionUID = 1L;

  public NoServerException(String upstream, String message) {
    super(upstream, message, null);
  }
}
