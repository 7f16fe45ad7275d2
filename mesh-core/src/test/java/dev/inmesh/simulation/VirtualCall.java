package dev.inmesh.simulation;

/** One call of a client, from its intended start to its one outcome. */
abstract class VirtualCall {

  private final VirtualClient client;
  private final long index;
  private final String path;
  private final long startNanos;

  VirtualCall(VirtualClient client, long index, String path, long startNanos) {
    this.client = client;
    this.index = index;
    this.path = path;
    this.startNanos = startNanos;
  }

  /** Makes the first attempt. */
  abstract void begin(long now);

  /** An attempt is over. */
  abstract void ended(VirtualAttempt attempt, long now);

  VirtualClient client() {
    return client;
  }

  String path() {
    return path;
  }

  /** When it was to start, whether or not the client was able to. */
  long startNanos() {
    return startNanos;
  }

  /** What a consistent hash may go by: as many keys as calls. */
  long key() {
    return Draws.mix(index + 1);
  }

  double draw(int purpose) {
    return client.draw((index << 8) + purpose);
  }
}
