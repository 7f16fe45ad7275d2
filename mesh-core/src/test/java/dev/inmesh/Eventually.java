package dev.inmesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;

/** Waits for what another thread brings about, and of which nobody tells. */
public final class Eventually {

  /** Something that will be so. */
  @FunctionalInterface
  public interface Condition<E extends Exception> {
    /** Whether it is. */
    boolean isSo() throws E;
  }

  private Eventually() {}

  /** Fails after a generous time. */
  public static <E extends Exception> void await(Condition<E> condition)
      throws E, InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!condition.isSo()) {
      assertThat(System.nanoTime() - end).as("waited for 20 s").isNegative();
      TimeUnit.MILLISECONDS.sleep(2); // Polls a condition; no result depends on how long it takes.
    }
  }
}
