package dev.inmesh.jdbc.signal;

import dev.inmesh.config.Redaction;

/** There is no signal; the message says why, and the mend. */
final class AbsentException extends Exception {

  private static final long serialVersionUID = 1;

  private final boolean forGood;

  private AbsentException(String why, boolean forGood) {
    super(why, null, false, false);
    this.forGood = forGood;
  }

  AbsentException(String why) {
    this(why, false);
  }

  /** There can't be one with these settings. */
  static AbsentException forGood(String why) {
    return new AbsentException(why, true);
  }

  /** Something failed, in one line and without credentials. */
  static AbsentException because(String what, Throwable thrown) {
    String message = thrown.getMessage() == null ? thrown.toString() : thrown.getMessage();
    String line = String.valueOf(message).replaceAll("\\s+", " ").strip();
    return new AbsentException(what + ": " + Redaction.redact(line));
  }

  boolean isForGood() {
    return forGood;
  }
}
