package dev.inmesh.simulation;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.Lease;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.ServerView;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.BreakerState;
import dev.inmesh.event.Evidence;
import dev.inmesh.event.Rejected;
import dev.inmesh.event.ServerListener;
import dev.inmesh.event.UpstreamListener;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One process that makes calls, with an engine of its own, its ticker, and its pauses. */
final class VirtualClient {

  private static final long TICK = PauseDetector.PERIOD.toNanos();

  private final Simulation simulation;
  private final EventQueue events;
  private final Scenario scenario;
  private final int number;
  private final long seed;
  private final Draws arrivals;
  private final PauseDetector pauses = new PauseDetector();
  private final @Nullable UpstreamEngine engine;

  private UpstreamSettings settings;
  private long resumeAt;
  private long calls;
  private int live;

  VirtualClient(
      Simulation simulation, Policy policy, int number, long seed, UpstreamSettings settings) {
    this.simulation = simulation;
    this.events = simulation.events();
    this.scenario = simulation.scenario();
    this.number = number;
    this.seed = Draws.mix(seed * 1_000_003 + number);
    this.arrivals = new Draws(this.seed, 1);
    this.settings = settings;
    Draws ties = new Draws(this.seed, 2);
    this.engine =
        policy.isOracle()
            ? null
            : new UpstreamEngine(
                settings, listener(), route -> listener(), ties, pauses, events.now());
  }

  private UpstreamListener listener() {
    return new UpstreamListener() {
      @Override
      public void rejected(Rejected reason) {
        if (reason != Rejected.BUDGET) {
          simulation.figures().refused(events.now());
        }
      }

      @Override
      public void breakerChanged(BreakerState state) {
        simulation.figures().breakerChanged(state);
      }

      @Override
      public ServerListener serverJoined(String address) {
        return new ServerListener() {
          @Override
          public void ejected(Evidence evidence) {
            simulation.figures().ejected(address, notEjected(), events.now());
          }
        };
      }
    };
  }

  private int notEjected() {
    if (engine == null) {
      return 0;
    }
    return (int)
        engine.servers(events.now()).stream()
            .filter(server -> server.state() != ServerView.State.EJECTED)
            .count();
  }

  void start() {
    // Processes don't tick in step.
    events.at(events.now() + number * 400_000L % TICK, this::tick);
    if (scenario.users() > 0) {
      for (int i = 0; i < scenario.users(); i++) {
        events.at(Nanos.ofMillis(10 * arrivals.unit()), this::nextOfUser);
      }
    } else {
      scheduleArrival(events.now());
    }
  }

  private void tick(long now) {
    if (isPaused(now)) {
      whenAwake(this::tick);
      return;
    }
    pauses.tick(now);
    if (engine != null) {
      engine.tick(now);
    }
    if (now < scenario.endNanos() || live > 0) {
      events.at(now + TICK, this::tick);
    }
  }

  private void scheduleArrival(long now) {
    double mean = 1e9 / scenario.callsPerSecond();
    double wait = scenario.isEvenlySpaced() ? mean : arrivals.exponential(mean);
    long next = now + Math.round(wait);
    if (next < scenario.endNanos()) {
      events.at(next, this::arrival);
    }
  }

  private void arrival(long now) {
    scheduleArrival(now);
    call(now);
  }

  private void nextOfUser(long now) {
    if (now < scenario.endNanos()) {
      call(now);
    }
  }

  private void call(long now) {
    long index = calls++;
    List<String> paths = scenario.paths();
    String path =
        paths.size() == 1 ? paths.get(0) : paths.get((int) (draw(index << 8) * paths.size()));
    VirtualCall call =
        engine == null
            ? new OracleCall(this, simulation.fleet(), index, path, now)
            : new EngineCall(this, engine, index, path, now);
    live++;
    if (isPaused(now)) {
      whenAwake(call::begin);
    } else {
      call.begin(now);
    }
  }

  /** Sends an attempt to a server. */
  VirtualAttempt attempt(
      VirtualCall call, String address, @Nullable Lease lease, int attempts, long deadlineNanos) {
    long now = events.now();
    simulation.figures().attempt(address, simulation.fleet().isUsable(address), now);
    simulation.trace().add(now, number, address.hashCode());
    VirtualServer server = simulation.fleet().server(address);
    VirtualAttempt attempt = new VirtualAttempt(call, server, lease, attempts, now, deadlineNanos);
    server.accept(attempt, now);
    return attempt;
  }

  void callEnded(VirtualCall call, boolean success, long now) {
    live--;
    simulation.figures().callEnded(call.startNanos(), success, now);
    simulation.trace().add(now, number, success ? 1 : 0);
    if (scenario.users() > 0) {
      // A user whose call was refused on the spot waits a little, or time would stand still.
      events.at(success ? now : now + Nanos.ofMillis(1), this::nextOfUser);
    }
  }

  /** Calls that have not ended. */
  int live() {
    return live;
  }

  void after(long nanos, Event event) {
    events.at(events.now() + nanos, event);
  }

  /** Stands still from now on for so long: no ticks, and nothing that happens is noticed. */
  void pause(long nanos) {
    resumeAt = events.now() + nanos;
  }

  boolean isPaused(long now) {
    return now < resumeAt;
  }

  void whenAwake(Event event) {
    events.at(resumeAt, event);
  }

  void apply(UpstreamSettings changed) {
    settings = changed;
    if (engine != null) {
      engine.apply(changed, events.now());
    }
  }

  void drain(String address) {
    if (engine != null) {
      var unused = engine.drain(address, events.now());
    }
  }

  void restore(String address) {
    if (engine != null) {
      engine.restore(address, events.now());
    }
  }

  long connectTimeoutNanos() {
    return settings.timeouts().connect().toNanos();
  }

  /** When an attempt that starts now has to end; for calls that have no plan. */
  long attemptDeadlineNanos(long now) {
    Duration call = settings.timeouts().call();
    return now + settings.timeouts().attempt().orElse(call).toNanos();
  }

  /** A number in [0, 1) that belongs to this key. */
  double draw(long key) {
    return Draws.unit(seed, key);
  }

  /** Settles what the last tick did not; then counts what should not be there any more. */
  int leaks() {
    if (engine == null) {
      return live;
    }
    long end = events.now() + TICK;
    pauses.tick(end);
    engine.tick(end);
    int inFlight = engine.servers(end).stream().mapToInt(server -> server.inFlight()).sum();
    return live + engine.active() + inFlight;
  }
}
