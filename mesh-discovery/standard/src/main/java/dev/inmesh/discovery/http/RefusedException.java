package dev.inmesh.discovery.http;

import java.io.IOException;

/** A registry answered with a status that says no. */
public final class RefusedException extends IOException {

  private static final long serialVersionUID = 1;

  private final int status;

  RefusedException(String message, int status) {
    super(message);
    this.status = status;
  }

  /** The status. */
  public int status() {
    return status;
  }
}
