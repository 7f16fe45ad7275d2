package dev.inmesh.balance;

import java.util.concurrent.atomic.AtomicInteger;

/** A server that only counts. */
final class FakeServer implements Candidate {

  final String name;
  final AtomicInteger inFlight = new AtomicInteger();
  final AtomicInteger picked = new AtomicInteger();
  private final Load load =
      new Load() {
        @Override
        public int inFlight() {
          return inFlight.get();
        }
      };
  private final int weight;
  private final ServiceTime serviceTime = new ServiceTime(0);

  FakeServer(String name, int weight) {
    this.name = name;
    this.weight = weight;
  }

  static FakeServer[] ofWeights(int... weights) {
    FakeServer[] servers = new FakeServer[weights.length];
    for (int i = 0; i < weights.length; i++) {
      servers[i] = new FakeServer("s" + i, weights[i]);
    }
    return servers;
  }

  @Override
  public int weight() {
    return weight;
  }

  @Override
  public Load load() {
    return load;
  }

  @Override
  public ServiceTime serviceTime() {
    return serviceTime;
  }

  @Override
  public long addressHash() {
    return RandomSource.mix(name.hashCode());
  }

  @Override
  public String toString() {
    return name;
  }
}
