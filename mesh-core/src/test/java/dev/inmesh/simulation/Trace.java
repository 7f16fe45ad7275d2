package dev.inmesh.simulation;

/** A hash over everything that happened, in its order. */
final class Trace {

  private long hash;

  void add(long now, long who, long what) {
    hash = Draws.mix(hash ^ now);
    hash = Draws.mix(hash + (who << 32) + what);
  }

  long hash() {
    return hash;
  }
}
