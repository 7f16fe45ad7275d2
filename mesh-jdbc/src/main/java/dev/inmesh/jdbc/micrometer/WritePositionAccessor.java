package dev.inmesh.jdbc.micrometer;

import dev.inmesh.jdbc.WritePosition;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation carry the {@link WritePosition} of a thread to others.
 * Found by its {@code ServiceLoader}, where that library is on the class path.
 */
public final class WritePositionAccessor implements ThreadLocalAccessor<WritePosition> {

  /** The key under which a context holds it. */
  public static final String KEY = "inmesh.write-position";

  @Override
  public Object key() {
    return KEY;
  }

  @Override
  public @Nullable WritePosition getValue() {
    return WritePosition.current().orElse(null);
  }

  @Override
  public void setValue(WritePosition position) {
    WritePosition.Scope unused = WritePosition.replace(Optional.of(position));
  }

  @Override
  public void setValue() {
    WritePosition.Scope unused = WritePosition.replace(Optional.empty());
  }
}
