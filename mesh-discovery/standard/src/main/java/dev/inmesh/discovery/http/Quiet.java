package dev.inmesh.discovery.http;

import java.time.Duration;

/**
 * When to tell of changes that come one by one: once no other has come for 20 ms, or 200 ms after
 * the first, so that a hundred at once are one list. Not safe for concurrent use.
 */
public final class Quiet {

  private static final Duration PAUSE = Duration.ofMillis(20);
  private static final long LONGEST_NANOS = 200_000_000;

  private boolean dirty;
  private long since;

  /** Nothing to tell yet. */
  public Quiet() {}

  /** A change has come. */
  public void changed() {
    if (!dirty) {
      dirty = true;
      since = System.nanoTime();
    }
  }

  /** How long to wait for the next one, if it could be this long. */
  public Duration wait(Duration most) {
    return dirty && PAUSE.compareTo(most) < 0 ? PAUSE : most;
  }

  /**
   * Whether it is time to tell; if so, all is told.
   *
   * @param came whether another change has come just now
   */
  public boolean isDue(boolean came) {
    boolean due = dirty && (!came || System.nanoTime() - since > LONGEST_NANOS);
    dirty = dirty && !due;
    return due;
  }
}
