package dev.inmesh.engine;

import dev.inmesh.balance.Candidate;
import dev.inmesh.balance.Load;
import dev.inmesh.balance.RandomSource;
import dev.inmesh.balance.ServiceTime;
import dev.inmesh.event.ServerListener;
import dev.inmesh.server.Server;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What one route knows of one server. Counters are atomics; the ejection is changed under the
 * route's lock only and read everywhere.
 */
final class ServerState implements Candidate {

  final ServerLoad load;
  volatile ServerListener listener;

  private final String address;
  private final long addressHash;
  private final ServiceTime serviceTime;
  private volatile Server server;

  final FailureRecord failures;
  final Slowness slowness = new Slowness();
  private volatile boolean limited;

  /** Whether the one attempt that decides about the return is under way. */
  final AtomicBoolean probing = new AtomicBoolean();

  /** Not to be used before this instant, by its own Retry-After; guarded by the flag before it. */
  private volatile boolean askedToWait;

  private volatile long waitUntil;

  private volatile long latencyNanos;

  private volatile @Nullable Ejection ejection;

  /** How often it was ejected, less one for each clean interval since; under the route's lock. */
  private int streak;

  private long returnedAt;

  /** Out until then, had {@code outlier.mode=observe} not only watched; under the route's lock. */
  private boolean watched;

  private long watchedUntil;

  /** When its slow start began; only meaningful while ramping. */
  private long rampStart;

  private volatile boolean ramping;
  private volatile int weight;

  ServerState(Server server, ServerLoad load, ServerListener listener, long now) {
    this.address = load.address();
    this.addressHash = hash(address);
    this.serviceTime = new ServiceTime(now);
    this.failures = new FailureRecord(now);
    this.weight = server.weight() * Slowness.STEPS;
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

  /** Whether no new attempt is to go there, as somebody here or its registry asks for. */
  boolean isDraining() {
    return load.isDraining() || server.drain();
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
    int steps = Slowness.STEPS;
    if (ramping) {
      long age = now - rampStart;
      if (age >= slowStartNanos) {
        ramping = false;
      } else {
        steps = (int) Math.max(1, Slowness.STEPS * (age + 1) / slowStartNanos);
      }
    }
    int before = weight;
    weight = server.weight() * Math.max(1, steps * slowness.steps() / Slowness.STEPS);
    return weight != before;
  }

  boolean isRamping() {
    return ramping;
  }

  @Override
  public Load load() {
    return load;
  }

  /** Whether this attempt may go here, as far as the server says; see {@link CallPlan#mayUse}. */
  boolean admits(long now) {
    if (askedToWait) {
      if (now - waitUntil < 0) {
        return false;
      }
      askedToWait = false;
    }
    int most = capacity();
    return most == 0 || load.inFlight() < most;
  }

  /** Counts one more attempt here, unless the server is drained or full. */
  boolean tryAcquire() {
    return load.tryAcquire(capacity());
  }

  /** Attempts at a time; 0 for any number. */
  private int capacity() {
    int maxConns = server.maxConns();
    if (!limited) {
      return maxConns;
    }
    int found = load.limit().attempts();
    return maxConns == 0 ? found : Math.min(maxConns, found);
  }

  /** From now on as many attempts as it proves to take, or no longer; heard of at each apply. */
  void limitAttempts(boolean adaptively) {
    if (adaptively) {
      listener.limitChanged(load.limit().attempts());
    } else if (limited) {
      listener.limitChanged(0);
    }
    limited = adaptively;
  }

  /** Whether it takes no more, as far as we know. */
  boolean isAtLimit() {
    return limited && load.inFlight() >= load.limit().attempts();
  }

  private void tell(int before) {
    int after = load.limit().attempts();
    if (after != before) {
      listener.limitChanged(after);
    }
  }

  /** An attempt ended with a sign of overload. */
  void overloaded(long startNanos, long now) {
    if (limited) {
      int before = load.limit().attempts();
      load.limit().overloaded(startNanos, now);
      tell(before);
    }
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

  /** The server answered well. An update of an average that is lost to a race does no harm. */
  void succeeded(long nanos, long now) {
    long average = latencyNanos;
    latencyNanos = average == 0 ? nanos : average + (nanos - average) / 16;
    failures.succeeded();
    slowness.add(nanos, now);
    if (limited) {
      int before = load.limit().attempts();
      load.limit().succeeded(load.inFlight() + 1); // It isn't counted any more.
      tell(before);
    }
  }

  /** Whether it has ended an attempt in the last minute or so. */
  boolean wasUsedLately() {
    return failures.outcomes.hasAny();
  }

  long latencyNanos() {
    return latencyNanos;
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

  /** It would be out until then. */
  void watch(long until) {
    watched = true;
    watchedUntil = until;
  }

  /** Whether it would be out. */
  boolean isWatched(long now) {
    watched = watched && now - watchedUntil < 0;
    return watched;
  }

  /** Takes over the ejection of the same server from before it left the list. */
  void inheritEjection(ServerState before) {
    ejection = before.ejection;
    streak = before.streak;
    failures.inherit(before.failures);
  }

  /** It was out for its health checks: what was seen before that is out of date. */
  void cameBack(long now) {
    failures.clear();
    slowness.forget(now);
    startSlowly(now);
  }

  /** It is back; of what it did before only a lost weight is kept. */
  void returned(long now) {
    ejection = null;
    returnedAt = now;
    failures.clear();
    slowness.forget(now);
  }
}
