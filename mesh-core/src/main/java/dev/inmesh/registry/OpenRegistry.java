package dev.inmesh.registry;

import dev.inmesh.config.RegistrySettings;
import dev.inmesh.server.ServerSource;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** A registry of the configuration and its source, which is made when it is first followed. */
final class OpenRegistry implements AutoCloseable {

  private final RegistrySettings settings;
  private @Nullable ServerSource source;
  private boolean closed;

  OpenRegistry(RegistrySettings settings) {
    this.settings = settings;
  }

  RegistrySettings settings() {
    return settings;
  }

  synchronized ServerSource source() throws IOException {
    if (closed) {
      throw new IOException("closed");
    }
    ServerSource open = source;
    if (open == null) {
      open = settings.open();
      source = open;
    }
    return open;
  }

  @Override
  public void close() {
    ServerSource open;
    synchronized (this) {
      closed = true;
      open = source;
    }
    if (open != null) {
      open.close();
    }
  }
}
