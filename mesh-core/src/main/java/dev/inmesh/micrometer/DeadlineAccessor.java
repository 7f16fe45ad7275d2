package dev.inmesh.micrometer;

import dev.inmesh.call.Deadline;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation carry the {@link Deadline} of a thread to others. Found by
 * its {@code ServiceLoader}, where that library is on the class path.
 */
public final class DeadlineAccessor implements ThreadLocalAccessor<Deadline> {

  /** The key under which a context holds it. */
  public static final String KEY = "inmesh.deadline";

  @Override
  public Object key() {
    return KEY;
  }

  @Override
  public @Nullable Deadline getValue() {
    return Deadline.current().orElse(null);
  }

  @Override
  public void setValue(Deadline deadline) {
    Deadline.Scope unused = Deadline.replace(Optional.of(deadline));
  }

  @Override
  public void setValue() {
    Deadline.Scope unused = Deadline.replace(Optional.empty());
  }
}
