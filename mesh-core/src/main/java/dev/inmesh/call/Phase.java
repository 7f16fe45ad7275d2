package dev.inmesh.call;

import java.util.Locale;

/** What a call was busy with when its time ran out. */
public enum Phase {
  /** Finding the server's address. */
  RESOLVE,
  /** Waiting for its turn: the dispatcher's queue, or the back-off before a retry. */
  WAIT,
  /** Connecting. */
  CONNECT,
  /** The TLS handshake. */
  TLS,
  /** Sending the request. */
  WRITE,
  /** Waiting for the server to answer. */
  SERVER,
  /** Reading the body of the answer. */
  BODY,
  /** A fallback in code. */
  FALLBACK;

  /** The name in messages and tags: lower case. */
  public String tag() {
    return name().toLowerCase(Locale.ROOT);
  }
}
