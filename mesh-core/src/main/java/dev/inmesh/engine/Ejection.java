package dev.inmesh.engine;

import dev.inmesh.event.Evidence;

/**
 * Why and how long a server is out. Immutable.
 *
 * @param evidence the kind of proof
 * @param proof what was seen, in words: {@code http 500}
 * @param count how often; 0 when it is no matter of counting
 * @param byWindow whether {@code max_fails} was the rule
 * @param since the instant of the ejection
 * @param until the instant from which a probe may decide
 */
record Ejection(
    Evidence evidence, String proof, int count, boolean byWindow, long since, long until) {

  /** {@code connect refused x5}. */
  String words() {
    return count == 0 ? proof : proof + " x" + count;
  }
}
