package dev.inmesh.jdbc.throttle;

import dev.inmesh.config.StatementClass;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A permit that outlives the call for which it was taken, as that of a result that is read in
 * pieces. Safe for concurrent use: any thread may give it back, and once is enough.
 */
public final class Permit {

  private final Admission admission;
  private final StatementClass of;
  private final Thread holder;
  private final AtomicBoolean released = new AtomicBoolean();

  Permit(Admission admission, StatementClass of, Thread holder) {
    this.admission = admission;
    this.of = of;
    this.holder = holder;
  }

  /** Gives it back. */
  public void release() {
    if (released.compareAndSet(false, true)) {
      admission.release(of, holder);
    }
  }
}
