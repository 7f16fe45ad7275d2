package dev.inmesh.event;

import dev.inmesh.call.Phase;

/**
 * Told what happens in one upstream; every method does nothing unless overridden. Called on the
 * threads that make the calls: must be fast, safe for concurrent use, and throw nothing.
 */
public interface UpstreamListener {

  /** The listener of a server that joined the list; asked once for each time it joins. */
  default ServerListener serverJoined(String address) {
    return new ServerListener() {};
  }

  /** The server has left the list. */
  default void serverLeft(String address) {}

  /** A call ended after so many nanoseconds, as far as the servers are concerned. */
  default void callEnded(Outcome outcome, long nanos) {}

  /** A further attempt was made after this failure. */
  default void retried(Failure failure) {}

  /** A further attempt was made while the one before it had no answer yet. */
  default void hedged() {}

  /** Such an attempt was the one that answered. */
  default void hedgeWon() {}

  /** A call's or an attempt's time ran out in this phase. */
  default void timedOut(Phase phase) {}

  /** A call was refused before any attempt, or a further attempt for want of budget. */
  default void rejected(Rejected reason) {}

  /** The caller got this instead of a live answer. */
  default void fellBack(Source source) {}

  /** Nobody was eligible, and an ejected server was tried all the same. */
  default void failedOpen() {}

  /** The breaker changed its state. */
  default void breakerChanged(BreakerState state) {}
}
