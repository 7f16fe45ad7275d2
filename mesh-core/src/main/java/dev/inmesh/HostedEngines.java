package dev.inmesh;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.MeshSettings;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.EngineHost;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.micrometer.MeshMeters;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import java.util.function.Supplier;

/** The engines of drivers in other modules, beside those of the upstreams. */
final class HostedEngines implements EngineHost {

  private final Configuration configuration;
  private final MeshMeters meters;
  private final PauseDetector pauses;
  private final Executor threads;
  private final Runnable needsTicks;

  private final List<Engine> engines = new CopyOnWriteArrayList<>();
  private final List<Consumer<MeshSettings>> followers = new CopyOnWriteArrayList<>();
  private final List<LongConsumer> tickers = new CopyOnWriteArrayList<>();
  private final Map<Class<?>, Object> singles = new ConcurrentHashMap<>();
  private final List<Runnable> closers = new CopyOnWriteArrayList<>();

  /**
   * @param needsTicks called when there is an engine to be ticked
   */
  HostedEngines(
      Configuration configuration,
      MeshMeters meters,
      PauseDetector pauses,
      Executor threads,
      Runnable needsTicks) {
    this.configuration = configuration;
    this.meters = meters;
    this.pauses = pauses;
    this.threads = threads;
    this.needsTicks = needsTicks;
    configuration.subscribe(
        snapshot -> followers.forEach(follower -> follower.accept(snapshot.settings())));
  }

  @Override
  public MeshSettings settings() {
    return configuration.current().settings();
  }

  @Override
  public Registered follow(Consumer<MeshSettings> subscriber) {
    followers.add(subscriber);
    return () -> followers.remove(subscriber);
  }

  @Override
  public MeterRegistry meterRegistry() {
    return meters.registry();
  }

  @Override
  public Executor threads() {
    return threads;
  }

  @Override
  public Registered onTick(LongConsumer tick) {
    tickers.add(tick);
    needsTicks.run();
    return () -> tickers.remove(tick);
  }

  @Override
  public <T> T once(Class<T> type, Supplier<T> make) {
    return type.cast(singles.computeIfAbsent(type, t -> make.get()));
  }

  @Override
  public Registered onClose(Runnable close) {
    closers.add(close);
    return () -> closers.remove(close);
  }

  @Override
  public Hosted open(UpstreamSettings settings) {
    Engine engine = new Engine(settings, System.nanoTime());
    engines.add(engine);
    needsTicks.run();
    return engine;
  }

  void tick(long now) {
    for (Engine engine : engines) {
      engine.engine.tick(now);
    }
    for (LongConsumer ticker : tickers) {
      ticker.accept(now);
    }
  }

  /** The drivers first: what they still say of their engines is measured. */
  void close() {
    closers.forEach(Runnable::run);
    followers.clear();
  }

  private final class Engine implements Hosted {

    private final UpstreamEngine engine;

    Engine(UpstreamSettings settings, long now) {
      String name = settings.name();
      this.engine =
          new UpstreamEngine(
              settings,
              meters.upstream(name, ""),
              route -> meters.upstream(name, route),
              RandomSource.perThread(),
              pauses,
              now);
      meters.gauges(engine);
    }

    @Override
    public UpstreamEngine engine() {
      return engine;
    }

    @Override
    public void apply(UpstreamSettings settings) {
      engine.apply(settings, System.nanoTime());
    }

    @Override
    public void close() {
      String name = engine.settings().name();
      boolean was = engines.remove(this);
      // Two of one name share their meters.
      if (was && engines.stream().noneMatch(e -> e.engine.settings().name().equals(name))) {
        meters.remove(name);
      }
    }
  }
}
