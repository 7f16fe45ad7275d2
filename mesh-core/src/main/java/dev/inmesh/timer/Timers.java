package dev.inmesh.timer;

/** Runs things later, for drivers that don't wait. Safe for concurrent use. */
public interface Timers {

  /**
   * Runs an action once, on a thread that all of them share, or on one that helps out, then beside
   * others: it must hand on whatever may take time, and throw nothing.
   *
   * @param nanos from now; 0 or less for at once
   */
  Timer schedule(long nanos, Runnable action);

  /** Runs what is overdue on the thread that calls, should their own be kept from it. */
  default void runOverdue() {}

  /** An action that is still to run. */
  @FunctionalInterface
  interface Timer {

    /** One that ran, or never will. */
    Timer NONE = () -> {};

    /** Forgets the action; of no effect when it has run. */
    void cancel();
  }
}
