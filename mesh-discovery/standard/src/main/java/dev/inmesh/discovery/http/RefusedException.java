package dev.inmesh.discovery.http;

import java.io.IOException;
import java.time.Duration;

/** A registry answered with a status that says no. */
public final class RefusedException extends IOException {

  private static final long serialVersionUID = 1;

  private final int status;
  private final Duration retryAfter;

  RefusedException(String message, int status, Duration retryAfter) {
    super(message);
    this.status = status;
    this.retryAfter = retryAfter;
  }

  /** Whether another address, or the same one later, may well answer. */
  boolean isOfTheMoment() {
    return status >= 500 || status == 429;
  }

  /** How long it asks to be left alone. */
  Duration retryAfter() {
    return retryAfter;
  }

  /** The status. */
  public int status() {
    return status;
  }
}
