package dev.inmesh.balance;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * Servers to choose from, and beside them, each in an array of its own, what balancers go by: of
 * 10,000 servers nearly all stay when a list changes, and a walk from one object to the next
 * through memory would take longer than all the rest. Immutable.
 */
public final class Candidates<S extends Candidate> {

  final S[] servers;

  /** As they were when this was made: a slow start may go on before this is replaced. */
  final int[] weights;

  final Load[] loads;
  final ServiceTime[] times;
  final long[] hashes;

  private Candidates(S[] servers, int[] weights, Load[] loads, ServiceTime[] times, long[] hashes) {
    this.servers = servers;
    this.weights = weights;
    this.loads = loads;
    this.times = times;
    this.hashes = hashes;
  }

  /** These servers. Takes the array over: it must not change any more. */
  public static <S extends Candidate> Candidates<S> of(S[] servers) {
    int[] none = new int[servers.length];
    Arrays.fill(none, -1);
    return NOBODY.replacedBy(servers, none);
  }

  private static final Candidates<Candidate> NOBODY =
      new Candidates<>(new Candidate[0], new int[0], new Load[0], new ServiceTime[0], new long[0]);

  /**
   * Other servers, many of which are the same: of those nothing is asked, their weights stay too.
   *
   * @param others taken over: must not change any more
   * @param from where each of them stands in this; negative where it is to be asked
   */
  public <T extends Candidate> Candidates<T> replacedBy(T[] others, int[] from) {
    int n = others.length;
    int[] newWeights = new int[n];
    Load[] newLoads = new Load[n];
    ServiceTime[] newTimes = new ServiceTime[n];
    long[] newHashes = new long[n];
    for (int i = 0; i < n; i++) {
      int at = from[i];
      if (at >= 0) {
        newWeights[i] = weights[at];
        newLoads[i] = loads[at];
        newTimes[i] = times[at];
        newHashes[i] = hashes[at];
      } else {
        T server = others[i];
        newWeights[i] = server.weight();
        newLoads[i] = server.load();
        newTimes[i] = server.serviceTime();
        newHashes[i] = server.addressHash();
      }
    }
    return new Candidates<>(others, newWeights, newLoads, newTimes, newHashes);
  }

  /** The same servers, of their present weights. */
  public Candidates<S> weighedAnew() {
    int[] now = new int[servers.length];
    for (int i = 0; i < now.length; i++) {
      now[i] = servers[i].weight();
    }
    return new Candidates<>(servers, now, loads, times, hashes);
  }

  /** Those at the given places. */
  public Candidates<S> at(int[] places) {
    S[] some = Arrays.copyOf(servers, places.length);
    for (int i = 0; i < places.length; i++) {
      some[i] = servers[places[i]];
    }
    return replacedBy(some, places);
  }

  /** The servers, in their order. */
  public List<S> asList() {
    return Collections.unmodifiableList(Arrays.asList(servers));
  }

  /** How many there are. */
  public int size() {
    return servers.length;
  }

  /** The server at a place, from 0. */
  public S server(int place) {
    return servers[place];
  }

  /** The weight of the server at a place, as it was when this was made. */
  public int weight(int place) {
    return weights[place];
  }
}
