package dev.inmesh.simulation;

import java.util.function.DoubleUnaryOperator;

/** How much service time requests ask for; times in nanoseconds. */
interface Demand {

  double meanNanos();

  /**
   * The service time of one request.
   *
   * @param unit uniform in [0, 1)
   */
  double nanos(double unit);

  static Demand exponential(double millis) {
    return of(millis, unit -> Draws.exponential(millis, unit));
  }

  static Demand constant(double millis) {
    return of(millis, unit -> millis);
  }

  /** Uniform between {@code millis - spread} and {@code millis + spread}. */
  static Demand around(double millis, double spread) {
    return of(millis, unit -> millis - spread + 2 * spread * unit);
  }

  /** One time for most requests, another one for this share of them. */
  static Demand mixed(double millis, double rareMillis, double share) {
    double mean = millis + share * (rareMillis - millis);
    return of(mean, unit -> unit < share ? rareMillis : millis);
  }

  private static Demand of(double meanMillis, DoubleUnaryOperator millis) {
    return new Demand() {
      @Override
      public double meanNanos() {
        return meanMillis * 1e6;
      }

      @Override
      public double nanos(double unit) {
        return millis.applyAsDouble(unit) * 1e6;
      }
    };
  }
}
