package dev.inmesh.simulation;

/**
 * What is wrong with a server for a time. Immutable.
 *
 * @param value what it means depends on the kind
 * @param nanos how long an answer takes, where the kind answers without service
 * @param status what is answered, where the kind answers without service
 * @param path the beginning of the paths that it touches
 */
record Fault(
    Kind kind, double value, long nanos, int status, String path, long fromNanos, long toNanos) {

  enum Kind {
    /** Slower by a factor. */
    SLOW,
    /** Slower by a factor at first, at normal speed at the end. */
    WARM_UP,
    /** Answers a share of the requests with a status, without serving them. */
    FAIL,
    /** Accepts and never answers. */
    HANG,
    /** Nothing listens there. */
    REFUSE,
    /** Packets are lost: no connection is ever made. */
    UNREACHABLE,
    /** So many requests a second; the others get 429 and Retry-After of one second. */
    RATE_LIMIT
  }

  static Fault slow(double factor) {
    return of(Kind.SLOW, factor, 0, 0);
  }

  static Fault warmUp(double factor) {
    return of(Kind.WARM_UP, factor, 0, 0);
  }

  static Fault fail(int status, double afterMillis) {
    return failing(1, status, afterMillis);
  }

  static Fault failing(double share, int status, double afterMillis) {
    return of(Kind.FAIL, share, Nanos.ofMillis(afterMillis), status);
  }

  static Fault hang() {
    return of(Kind.HANG, 0, 0, 0);
  }

  static Fault refuse() {
    return of(Kind.REFUSE, 0, Nanos.ofMillis(0.2), 0);
  }

  static Fault unreachable() {
    return of(Kind.UNREACHABLE, 0, 0, 0);
  }

  static Fault rateLimit(double perSecond) {
    return of(Kind.RATE_LIMIT, perSecond, Nanos.ofMillis(1), 429);
  }

  private static Fault of(Kind kind, double value, long nanos, int status) {
    return new Fault(kind, value, nanos, status, "", 0, Long.MAX_VALUE);
  }

  /** Only between these seconds. */
  Fault between(double from, double to) {
    return new Fault(kind, value, nanos, status, path, Nanos.ofSeconds(from), Nanos.ofSeconds(to));
  }

  /** Only from this second on. */
  Fault from(double second) {
    return new Fault(kind, value, nanos, status, path, Nanos.ofSeconds(second), Long.MAX_VALUE);
  }

  /** Only for paths that begin like this. */
  Fault on(String beginning) {
    return new Fault(kind, value, nanos, status, beginning, fromNanos, toNanos);
  }

  boolean holds(long now) {
    return now >= fromNanos && now < toNanos;
  }

  boolean holds(long now, String requested) {
    return holds(now) && requested.startsWith(path);
  }

  boolean isSlowness() {
    return kind == Kind.SLOW || kind == Kind.WARM_UP;
  }

  /** By how much a request that is served now takes longer. */
  double slownessAt(long now) {
    if (!holds(now)) {
      return 1;
    }
    if (kind == Kind.SLOW) {
      return value;
    }
    double done = (double) (now - fromNanos) / (toNanos - fromNanos);
    return kind == Kind.WARM_UP ? value + (1 - value) * done : 1;
  }
}
