package dev.inmesh.timer;

import java.util.function.Consumer;

/** Runs things at their time that may take some, for whoever waits. Safe for concurrent use. */
@FunctionalInterface
public interface Alarms {

  /**
   * Runs an action once, on a thread that it has for itself; never early. Where the timer can't
   * even be armed, as without memory, this throws.
   *
   * @param nanos from now; 0 or less for at once
   * @param action should throw nothing: nobody hears of it
   * @param noThread is told instead when there is no thread for it, on one that timers share, so
   *     what it does delays others
   * @return its cancel has no effect on an action that has begun
   */
  Timers.Timer schedule(long nanos, Runnable action, Consumer<Throwable> noThread);
}
