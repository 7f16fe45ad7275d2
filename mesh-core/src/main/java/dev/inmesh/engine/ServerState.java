package dev.inmesh.engine;

import dev.inmesh.balance.Candidate;
import dev.inmesh.balance.RandomSource;
import dev.inmesh.balance.ServiceTime;
import dev.inmesh.event.Failure;
import dev.inmesh.event.ServerListener;
import dev.inmesh.server.Server;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What one route knows of one server. Counters are atomics; the ejection is changed under the
 * route's lock only and read everywhere.
 */
final class ServerState implements Candidate {

  final ServerLoad load;
  volatile ServerListener listener;

  /** Weights are multiples of this, so that a slow start has steps to grow by. */
  static final int WEIGHT_STEPS = 16;

  private final String address;
  private final long addressHash;
  private final ServiceTime serviceTime;
  private volatile Server server;

  /** Failures in a row, a refused connection counted double. */
  final AtomicInteger consecutive = new AtomicInteger();

  /** Failures in a row, as a person counts them. */
  final AtomicInteger failuresInRow = new AtomicInteger();

  /** Whether the one attempt that decides about the return is under way. */
  final AtomicBoolean probing = new AtomicBoolean();

  /** Not to be used before this instant, by its own Retry-After; guarded by the flag before it. */
  private volatile boolean askedToWait;

  private volatile long waitUntil;

  private volatile @Nullable FailureWindow window;
  private volatile long latencyNanos;

  private volatile @Nullable Ejection ejection;

  /** How often it was ejected, less one for each clean interval since; under the route's lock. */
  private int streak;

  private long returnedAt;

  /**
   * Why and how long a server is out. Immutable.
   *
   * @param refusal whether the evidence can't have been caused by a request
   * @param byWindow whether {@code max_fails} was the rule
   * @param since the instant of the ejection
   * @param until the instant from which a probe may decide
   */
  record Ejection(
      Failure evidence,
      int status,
      int count,
      boolean refusal,
      boolean byWindow,
      long since,
      long until) {

    String words() {
      return evidence.words(status) + " x" + count;
    }
  }

  /** When its slow start began; only meaningful while ramping. */
  private long rampStart;

  private volatile boolean ramping;
  private volatile int weight;

  ServerState(Server server, ServerLoad load, ServerListener listener, long now) {
    this.address = server.address();
    this.addressHash = hash(address);
    this.serviceTime = new ServiceTime(now);
    this.weight = server.weight() * WEIGHT_STEPS;
    this.server = server;
    this.load = load;
    this.listener = listener;
  }

  Server server() {
    return server;
  }

  /** Takes over changed attributes; the state stays. */
  void update(Server changed) {
    server = changed;
  }

  String address() {
    return address;
  }

  /** FNV-1a (Fowler, Noll, Vo), mixed: the same in every process. */
  private static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return RandomSource.mix(hash);
  }

  @Override
  public int weight() {
    return weight;
  }

  @Override
  public ServiceTime serviceTime() {
    return serviceTime;
  }

  @Override
  public long addressHash() {
    return addressHash;
  }

  /** Its weight grows from now on. */
  void startSlowly(long now) {
    rampStart = now;
    ramping = true;
  }

  /** Takes the weight of this instant; true when it changed. Under the route's lock. */
  boolean updateWeight(long slowStartNanos, long now) {
    int steps = WEIGHT_STEPS;
    if (ramping) {
      long age = now - rampStart;
      if (age >= slowStartNanos) {
        ramping = false;
      } else {
        steps = (int) Math.max(1, WEIGHT_STEPS * (age + 1) / slowStartNanos);
      }
    }
    int before = weight;
    weight = server.weight() * steps;
    return weight != before;
  }

  boolean isRamping() {
    return ramping;
  }

  @Override
  public int inFlight() {
    return load.inFlight();
  }

  /** Whether this attempt may go here, as far as the server says; see {@link CallPlan#mayUse}. */
  boolean admits(long now) {
    if (askedToWait) {
      if (now - waitUntil < 0) {
        return false;
      }
      askedToWait = false;
    }
    int maxConns = server.maxConns();
    return maxConns == 0 || load.inFlight() < maxConns;
  }

  /** The server asked to be left alone. */
  void waitUntil(long instant) {
    waitUntil = instant;
    askedToWait = true;
  }

  /** How long it is still to be left alone, in nanoseconds; 0 if it isn't. */
  long waitNanosLeft(long now) {
    return askedToWait ? Math.max(0, waitUntil - now) : 0;
  }

  /** A moving average over about the last 16 answers; an update lost to a race does no harm. */
  void addLatency(long nanos) {
    long average = latencyNanos;
    latencyNanos = average == 0 ? nanos : average + (nanos - average) / 16;
  }

  long latencyNanos() {
    return latencyNanos;
  }

  /** The window of {@code max_fails}, or null when the entry doesn't name it. */
  @Nullable FailureWindow window() {
    Server s = server;
    if (s.maxFails().isEmpty() || s.maxFails().getAsInt() == 0) {
      return null;
    }
    int maxFails = s.maxFails().getAsInt();
    long nanos = s.failTimeout().toNanos();
    FailureWindow w = window;
    if (w == null || !w.fits(maxFails, nanos)) {
      w = new FailureWindow(maxFails, nanos);
      window = w;
    }
    return w;
  }

  @Nullable Ejection ejection() {
    return ejection;
  }

  boolean isEjected() {
    return ejection != null;
  }

  /** Steps of growth that the next ejection has, one less for each clean interval since. */
  int streak(long now, long intervalNanos) {
    if (ejection == null && streak > 0 && intervalNanos > 0) {
      return (int) Math.max(0, streak - (now - returnedAt) / intervalNanos);
    }
    return streak;
  }

  void eject(Ejection newEjection, int newStreak) {
    ejection = newEjection;
    streak = newStreak;
  }

  /** Takes over the ejection of the same server from before it left the list. */
  void inheritEjection(ServerState before) {
    ejection = before.ejection;
    streak = before.streak;
    consecutive.set(before.consecutive.get());
    failuresInRow.set(before.failuresInRow.get());
  }

  void returned(long now) {
    ejection = null;
    returnedAt = now;
    consecutive.set(0);
    failuresInRow.set(0);
    FailureWindow w = window;
    if (w != null) {
      w.clear();
    }
  }
}
