package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.http.Answer;
import java.io.IOException;

/**
 * What an answer's headers say of how far it can be believed. One that can't be is as none: the
 * last good list stays, and its age tells.
 */
final class Freshness {

  /** An answer may be so old: of a follower without a leader, or of a cache. */
  private static final long OLDEST_SECONDS = 10;

  private Freshness() {}

  /**
   * Checks an answer.
   *
   * @param consistency what was asked for
   * @throws IOException if it must not be used
   */
  static void check(Answer answer, String consistency, boolean empty) throws IOException {
    if (answer.header("X-Consul-KnownLeader").equalsIgnoreCase("false")) {
      throw answer.because("it knows no leader, so its list may be old");
    }
    long contactSeconds = answer.number("X-Consul-LastContact").orElse(0) / 1000;
    long oldSeconds = Math.max(contactSeconds, answer.number("Age").orElse(0));
    if (oldSeconds > OLDEST_SECONDS) {
      throw answer.because("its list is " + oldSeconds + " s old");
    }
    String effective = answer.header("X-Consul-Effective-Consistency");
    if (consistency.equals("consistent")
        && !effective.isEmpty()
        && !effective.equals("consistent")) {
      throw answer.because("its answer is " + effective + " though consistency=consistent");
    }
    if (empty && answer.header("X-Consul-Results-Filtered-By-ACLs").equalsIgnoreCase("true")) {
      throw answer.because("the token may read none of the servers");
    }
  }
}
