package dev.inmesh.http;

/** What follows the report of an attempt that is over. */
public enum Next {
  /** Its outcome is the call's. */
  STANDS,
  /** The call is to be tried again after {@link HttpCall#backoffNanos}. */
  AGAIN,
  /** Another attempt of the call still runs, and may do better. */
  WAITS,
  /** The call has ended without it: whatever it brought is to be thrown away. */
  LOST
}
