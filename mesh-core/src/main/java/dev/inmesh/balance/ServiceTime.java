package dev.inmesh.balance;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What {@code least_time} knows of one server: how long it takes for one attempt when it has
 * nothing else to do, and so how long the next one would wait. Safe for concurrent use.
 *
 * <p>As built (k in flight, k0 in flight before an attempt started, L its latency, dt the time
 * since the server's last completion):
 *
 * <ol>
 *   <li>on completion {@code b} moves toward {@code L / (1 + k0)} by {@code 1 - exp(-dt / 10 s)},
 *       but by at least {@code 1 / (count + 1)} for the first 50 samples unless dt is above 10 s;
 *   <li>while it is idle, b moves toward the lower median of all servers, with the same 10 s;
 *       without a sample it is that median;
 *   <li>the oldest attempt in flight speaks before it ends: b is at least {@code age / (1 + its
 *       k0)};
 *   <li>the score is {@code b · (1 + k) / weight}, least wins;
 *   <li>a server without a sample, or without a completion for 7 s, is on trial: one attempt at
 *       most until that has ended.
 * </ol>
 *
 * <p>Dividing by k0 + 1 undoes the waiting that our own attempts cause each other, as in C3 (Suresh
 * et al., NSDI 2015); the average over time instead of samples is that of Finagle's peak EWMA,
 * without its jump.
 */
public final class ServiceTime {

  static final double TAU_NANOS = 10e9;
  static final long TRIAL_NANOS = 7_000_000_000L;
  private static final int FEW_SAMPLES = 50;

  /** A latency that is none: the end of the attempt says nothing of how long it takes. */
  public static final long SAYS_NOTHING = -1;

  /** Above every score of a server that is not on trial. */
  static final double ON_TRIAL = 1e200;

  /** One attempt in flight, in a list from the oldest to the youngest. */
  public abstract static class Running {
    private Running older = this;
    private Running younger = this;
    private long startNanos;
    private int ahead;

    /** To be extended by what an attempt in flight is anyway. */
    protected Running() {}

    /** When it started. */
    protected final long started() {
      return startNanos;
    }
  }

  private static final class Ends extends Running {}

  /** Both ends of the list in one: the oldest is younger than it, the youngest older. */
  private final Running list = new Ends();

  private int inFlight;
  private int samples;
  private double perAttempt;
  private long lastEndNanos;
  private long refreshedNanos;
  private boolean onTrial = true;

  // What a pick reads without the lock, in opaque mode: each value is whole and soon current, and
  // that is all that a pick needs. Where two of them belong to different instants, one pick takes
  // the server for slower or faster than it is. Volatile ones would cost three fences at each start
  // and end, and keep the compiler from holding anything in a register while it compares.
  private static final VarHandle SCORE = field("score", double.class);
  private static final VarHandle LATE_SCORE_PER_NANO = field("lateScorePerNano", double.class);
  private static final VarHandle OLDEST_START = field("oldestStartNanos", long.class);

  @SuppressWarnings("unused") // By its handle.
  private double score;

  @SuppressWarnings("unused") // By its handle.
  private double lateScorePerNano;

  @SuppressWarnings("unused") // By its handle.
  private long oldestStartNanos;

  /** The state of a server that has just come. */
  public ServiceTime(long now) {
    lastEndNanos = now;
    refreshedNanos = now;
  }

  /** An attempt starts. */
  public synchronized void started(Running attempt, long now) {
    attempt.startNanos = now;
    attempt.ahead = inFlight;
    attempt.older = list.older;
    attempt.younger = list;
    list.older.younger = attempt;
    list.older = attempt;
    if (samples > 0 && inFlight == 0 && now - lastEndNanos >= TRIAL_NANOS) {
      onTrial = true;
    }
    inFlight++;
    publish();
  }

  /**
   * An attempt ended.
   *
   * @param latencyNanos what it is charged with, or {@link #SAYS_NOTHING}
   */
  public synchronized void ended(Running attempt, long latencyNanos, long now) {
    attempt.older.younger = attempt.younger;
    attempt.younger.older = attempt.older;
    inFlight--;
    if (latencyNanos >= 0) {
      double sample = latencyNanos / (1.0 + attempt.ahead);
      double dt = Math.max(0, now - lastEndNanos);
      double share = 1 - Math.exp(-dt / TAU_NANOS);
      if (samples < FEW_SAMPLES && (dt <= TAU_NANOS || samples == 0)) {
        share = Math.max(share, 1.0 / (samples + 1));
      }
      perAttempt += (sample - perAttempt) * share;
      samples++;
      lastEndNanos = now;
      onTrial = false;
    }
    publish();
  }

  /**
   * Lets time pass: an idle server moves toward the median, and the oldest attempt speaks.
   *
   * @param median the lower median of {@link #perAttempt} over the servers that have samples; 0 if
   *     none has
   */
  public synchronized void refresh(double median, long now) {
    double dt = Math.max(0, now - refreshedNanos);
    refreshedNanos = now;
    if (samples == 0) {
      perAttempt = median;
    } else if (inFlight == 0) {
      perAttempt += (median - perAttempt) * (1 - Math.exp(-dt / TAU_NANOS));
    } else {
      Running oldest = list.younger;
      perAttempt = Math.max(perAttempt, (now - oldest.startNanos) / (1.0 + oldest.ahead));
    }
    publish();
  }

  /** Nanoseconds for one attempt on its own; 0 without a sample. */
  public synchronized double perAttempt() {
    return samples == 0 ? 0 : perAttempt;
  }

  /** How old the oldest attempt in flight is, in nanoseconds; 0 when there is none. */
  public synchronized long oldestAge(long now) {
    return inFlight == 0 ? 0 : now - list.younger.startNanos;
  }

  /**
   * Whether it owes answers to two attempts or more, of which the oldest is older than this, and
   * has answered nothing since that began. One alone may be a request that takes its time.
   */
  public synchronized boolean owesSince(long ageNanos, long now) {
    long oldest = list.younger.startNanos;
    return inFlight >= 2 && now - oldest > ageNanos && lastEndNanos - oldest <= 0;
  }

  private void publish() {
    double load = 1.0 + inFlight;
    if (onTrial && inFlight > 0) {
      LATE_SCORE_PER_NANO.setOpaque(this, 0.0);
      SCORE.setOpaque(this, ON_TRIAL * load);
      return;
    }
    Running oldest = list.younger;
    OLDEST_START.setOpaque(this, oldest.startNanos);
    LATE_SCORE_PER_NANO.setOpaque(this, inFlight == 0 ? 0.0 : load / (1.0 + oldest.ahead));
    SCORE.setOpaque(this, perAttempt * load);
  }

  /** The expected waiting time in nanoseconds, were the weight 1; never negative. */
  double score(long now) {
    // Without a branch: whether one is in flight can't be foreseen, and 0 times its age is 0.
    double late =
        (now - (long) OLDEST_START.getOpaque(this)) * (double) LATE_SCORE_PER_NANO.getOpaque(this);
    return Math.max((double) SCORE.getOpaque(this), late);
  }

  private static VarHandle field(String name, Class<?> type) {
    try {
      return MethodHandles.lookup().findVarHandle(ServiceTime.class, name, type);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }
}
