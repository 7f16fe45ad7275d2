package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.http.Answer;
import java.io.IOException;

/**
 * What an answer's headers say of how far it can be believed. One that can't be is as none: the
 * last good list stays, and its age tells.
 */
final class Freshness {

  /** An answer may be so old, in milliseconds: of a follower without a leader, or of a cache. */
  private static final long OLDEST_MILLIS = 10_000;

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
    long contact = answer.number("X-Consul-LastContact").orElse(0);
    long age = answer.number("Age").orElse(0);
    long millis = Math.max(contact, age > OLDEST_MILLIS ? age : age * 1000);
    if (millis > OLDEST_MILLIS) {
      throw answer.because("its list is " + millis / 1000 + " s old");
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
