package dev.inmesh.engine;

import dev.inmesh.config.MeshSettings;
import dev.inmesh.config.UpstreamSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/**
 * What a mesh does for a driver that lives in another module: it ticks and measures its engines,
 * and tells it of each reload. Safe for concurrent use.
 */
public interface EngineHost {

  /** Something that goes on until it is closed, or the mesh is. */
  interface Registered extends AutoCloseable {
    @Override
    void close();
  }

  /** An engine that is ticked and measured. */
  interface Hosted extends Registered {

    UpstreamEngine engine();

    /** Other settings and servers from now on. */
    void apply(UpstreamSettings settings);
  }

  /** What the configuration says now. */
  MeshSettings settings();

  /**
   * Has the subscriber called with what the configuration says after each change of it, quickly and
   * in order.
   */
  Registered follow(Consumer<MeshSettings> subscriber);

  /** An engine, ticked and measured from now on. */
  Hosted open(UpstreamSettings settings);

  /** Where the mesh's meters go. */
  MeterRegistry meterRegistry();

  /** Threads for what may block; refuses work when 1024 run. */
  Executor threads();

  /**
   * Has something run every {@link PauseDetector#PERIOD} with the present instant, on a thread that
   * it must not hold up.
   */
  Registered onTick(LongConsumer tick);

  /** Something that there is once in a mesh, made at the first call. */
  <T> T once(Class<T> type, Supplier<T> make);

  /** Has something closed when the mesh is. */
  Registered onClose(Runnable close);
}
