package dev.inmesh.jdbc.throttle;

import dev.inmesh.jdbc.signal.DiskOperation;
import java.util.OptionalDouble;

/**
 * From where on an operation of the disk is slow. Immutable.
 *
 * <p>A read is slow from 5 ms on, which a disk that is well stays below and a rotating one takes
 * when nobody queues; a flush from 10 ms on, since the log's usual one is several operations.
 * Pressure from 40 % on: half of that is a healthy database that reads much. What is usual for this
 * disk raises the marks, to a limit: a process that starts while the disk is slow learns no usual
 * that is worse than any disk's.
 *
 * @param soft from where on it is slow, in the operation's unit
 * @param hard from where on it is very slow
 * @param baseline what is usual here, if that is known
 * @param atRest whether the marks are those of a slow disk that fewer operations make no faster
 */
record Marks(
    DiskOperation operation, double soft, double hard, OptionalDouble baseline, boolean atRest) {

  private static final double SOFT_FACTOR = 2;
  private static final double HARD_FACTOR = 5;
  private static final double REST_FACTOR = 1.5;
  private static final double LEAVE = 0.7;

  static Marks of(DiskOperation operation, OptionalDouble baseline) {
    double usual = Math.min(baseline.orElse(0), worstUsual(operation));
    return new Marks(
        operation,
        Math.max(SOFT_FACTOR * usual, leastSoft(operation)),
        Math.max(HARD_FACTOR * usual, leastHard(operation)),
        baseline,
        false);
  }

  /** Those of a disk that takes this long however few operations there are; 0 if it isn't known. */
  Marks atRest(double rest) {
    return REST_FACTOR * rest <= soft
        ? this
        : new Marks(
            operation, REST_FACTOR * rest, Math.max(hard, HARD_FACTOR * rest), baseline, true);
  }

  /** 0 at the soft mark, 1 at the hard one, negative below. */
  double score(double value) {
    return (value - soft) / (hard - soft);
  }

  /** Below this, the disk is well again. */
  double leave() {
    return LEAVE * soft;
  }

  private static double leastSoft(DiskOperation operation) {
    return switch (operation) {
      case READ -> 5;
      case FSYNC -> 10;
      case PRESSURE -> 40;
    };
  }

  private static double leastHard(DiskOperation operation) {
    return switch (operation) {
      case READ -> 20;
      case FSYNC -> 40;
      case PRESSURE -> 80;
    };
  }

  private static double worstUsual(DiskOperation operation) {
    return switch (operation) {
      case READ -> 10;
      case FSYNC -> 20;
      case PRESSURE -> 50;
    };
  }
}
