package dev.inmesh.discovery.contract;

import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/** Type {@code sliding}: the one {@link SlidingLists} of a test. */
public final class SlidingSourceFactory implements ServerSourceFactory {

  static final AtomicReference<SlidingLists> CURRENT = new AtomicReference<>();

  @Override
  public String type() {
    return "sliding";
  }

  @Override
  public List<SourceKey<?>> keys() {
    return List.of();
  }

  @Override
  public ServerSource open(SourceSettings settings) {
    return Objects.requireNonNull(CURRENT.get());
  }
}
