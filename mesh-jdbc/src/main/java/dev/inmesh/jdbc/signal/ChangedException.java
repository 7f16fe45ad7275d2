package dev.inmesh.jdbc.signal;

/** A server's settings are others than those that its source was chosen by. */
final class ChangedException extends Exception {

  private static final long serialVersionUID = 1;

  ChangedException() {
    super("other settings", null, false, false);
  }
}
