package dev.inmesh.jdbc;

import dev.inmesh.config.StatementClass;
import dev.inmesh.config.ThrottleMode;
import dev.inmesh.config.ThrottleSettings;
import dev.inmesh.jdbc.throttle.Admission;
import dev.inmesh.jdbc.throttle.Permit;
import dev.inmesh.jdbc.throttle.TextTimes;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Whose statements may go to one server, and what they tell of it. Who sets the limit is {@link
 * DiskWatch}. Safe for concurrent use.
 */
final class Throttle {

  /** The classes by what a hint calls them: statements look here, and make nothing for it. */
  private static final Map<String, StatementClass> HINTS =
      Arrays.stream(StatementClass.values())
          .collect(
              Collectors.toUnmodifiableMap(
                  of -> of.name().toLowerCase(Locale.ROOT), Function.identity()));

  private final String database;
  private final String server;
  private final ThrottleMeters meters;
  private final Admission admission = new Admission(System::nanoTime);
  private final TextTimes texts = new TextTimes();
  private final LongAdder commits = new LongAdder();
  private final LongAdder commitNanos = new LongAdder();
  private final LongAdder heldBack = new LongAdder();

  /** Statements; never reset, but for what was taken. */
  private final LongAdder ended = new LongAdder();

  /** For the one who takes. */
  private long takenEnded;

  private volatile ThrottleSettings settings;

  /** Why there is a limit. */
  private volatile String proof = "";

  Throttle(String database, String server, ThrottleSettings settings, ThrottleMeters meters) {
    this.database = database;
    this.server = server;
    this.settings = settings;
    this.meters = meters;
  }

  void settings(ThrottleSettings changed) {
    settings = changed;
  }

  ThrottleSettings settings() {
    return settings;
  }

  Admission admission() {
    return admission;
  }

  TextTimes texts() {
    return texts;
  }

  /** Another limit from now on. */
  void limit(int statements) {
    admission.limit(statements);
  }

  /**
   * Why there is a limit; who is refused in the moment when it ends still says why it was there.
   */
  void proof(String why) {
    proof = why;
  }

  boolean isThrottling() {
    return admission.limit() != Admission.UNLIMITED;
  }

  /**
   * The class of a statement.
   *
   * @param hint what its text says; empty if it says nothing
   */
  StatementClass statementClass(String hint) {
    if (!hint.isEmpty()) {
      return Objects.requireNonNull(HINTS.get(hint));
    }
    Optional<QueryClass> ambient = QueryClass.current();
    return ambient.isEmpty() ? settings.statementClass() : ambient.get().inside();
  }

  /** A permit for what can't be held back. */
  StatementClass takeAtOnce(StatementClass of) {
    admission.acquire(of);
    return of;
  }

  /**
   * A permit, for which a statement waits where it is to be held back.
   *
   * @param leftNanos what the statement has in all; half of it is left to run
   * @return null if it runs without one
   */
  @Nullable StatementClass take(StatementClass of, long leftNanos) throws ThrottledException {
    ThrottleSettings now = settings;
    if (now.mode() != ThrottleMode.ENFORCE) {
      if (admission.tryAcquire(of)) {
        return of;
      }
      meters.refused(of, now.mode());
      heldBack.increment();
      return null;
    }
    long most = Math.min(now.maxWait().toNanos(), leftNanos / 2);
    long waited = admission.acquire(of, most);
    if (waited == 0) {
      return of;
    }
    heldBack.increment();
    meters.waited(of, waited > 0, waited > 0 ? waited : ~waited);
    if (waited > 0) {
      return of;
    }
    meters.refused(of, now.mode());
    throw refused(of, ~waited);
  }

  private ThrottledException refused(StatementClass of, long waitedNanos) {
    QueryClass refused = QueryClass.of(of);
    String words =
        String.format(
            Locale.ROOT,
            "%s: throttled on %s: class=%s %s, waited %dms%s",
            database,
            server,
            refused.name().toLowerCase(Locale.ROOT),
            proof,
            TimeUnit.NANOSECONDS.toMillis(waitedNanos),
            Thread.currentThread().isInterrupted() ? ", interrupted" : "");
    return new ThrottledException(words, refused, retryAfter(refused));
  }

  /** Less important work comes again later, so that it isn't refused over and over. */
  private static Duration retryAfter(QueryClass of) {
    return switch (of) {
      case CRITICAL, INTERACTIVE -> Duration.ofSeconds(1);
      case BATCH -> Duration.ofSeconds(2);
      case BACKGROUND -> Duration.ofSeconds(5);
    };
  }

  /** What has run no longer does. */
  void giveBack(StatementClass permit) {
    admission.release(permit);
  }

  /** It has run, and its result is being read. */
  Permit hold(StatementClass permit) {
    return admission.hold(permit);
  }

  /**
   * A statement was run.
   *
   * @param text what stands for its text; null if its time says nothing
   */
  void ran(@Nullable Object text, long nanos) {
    ended.increment();
    if (text != null) {
      texts.record(text, nanos);
    }
  }

  /** How many statements were run here. */
  long ended() {
    return ended.sum();
  }

  /** How many were run since this was asked last. For one thread. */
  long takeEnded() {
    long now = ended.sum();
    long since = now - takenEnded;
    takenEnded = now;
    return since;
  }

  /** A transaction was committed. */
  void committed(long nanos) {
    commits.increment();
    commitNanos.add(nanos);
  }

  long takeCommits() {
    return commits.sumThenReset();
  }

  long takeCommitNanos() {
    return commitNanos.sumThenReset();
  }

  /** How many statements were held back, or would have been, since this was asked last. */
  long takeHeldBack() {
    return heldBack.sumThenReset();
  }
}
