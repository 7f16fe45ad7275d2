package dev.inmesh.micrometer;

import dev.inmesh.call.Phase;
import dev.inmesh.engine.ServerView;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.BreakerState;
import dev.inmesh.event.Evidence;
import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.Rejected;
import dev.inmesh.event.ServerListener;
import dev.inmesh.event.Source;
import dev.inmesh.event.UpstreamListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The meters of one upstream, or of one route of it. Safe for concurrent use. */
final class UpstreamMeters implements UpstreamListener {

  /** The tag of servers without meters of their own. */
  private static final String OTHER = "other";

  private final String name;
  private final String route;
  private final MeterRegistry registry;
  private final Meters meters;
  private final Tags tags;

  private final OutcomeTimers requests;
  private final Map<Failure, Counter> retries;
  private final Map<Phase, Counter> timeouts;
  private final Map<Rejected, Counter> rejected;
  private final Map<Source, Counter> fallbacks;
  private final Counter hedges;
  private final Counter hedgesWon;
  private final Counter failOpen;
  private volatile BreakerState breaker = BreakerState.CLOSED;

  /** Meters by the value of the server tag. */
  private final Map<String, ServerMeters> servers = new HashMap<>();

  private final Map<String, Server> joined = new HashMap<>();
  private boolean hasGauges;
  private boolean perServer;
  private int maxServers;

  UpstreamMeters(
      MeterRegistry registry, String name, String route, boolean perServer, int maxServers) {
    this.name = name;
    this.route = route;
    this.registry = registry;
    this.perServer = perServer;
    this.maxServers = maxServers;
    this.meters = new Meters(registry);
    this.tags = Tags.of("upstream", name, "route", route.isEmpty() ? "none" : route);
    this.requests = new OutcomeTimers(meters, "mesh.client.requests", "Calls", tags);
    this.retries =
        counters(
            Failure.class,
            "mesh.client.retries",
            "Further attempts",
            "reason",
            UpstreamMeters::low);
    this.timeouts =
        counters(Phase.class, "mesh.client.timeouts", "What time ran out in", "phase", Phase::tag);
    this.rejected =
        counters(
            Rejected.class,
            "mesh.client.rejected",
            "Calls refused before any attempt, and further attempts refused for want of budget",
            "reason",
            Rejected::tag);
    this.fallbacks =
        counters(
            Source.class,
            "mesh.client.fallbacks",
            "Answers that came from this process",
            "source",
            Source::tag);
    this.hedges = counter("mesh.client.hedges", "Attempts beside one that had no answer yet");
    this.hedgesWon = counter("mesh.client.hedges.won", "Those of them that answered first");
    this.failOpen =
        counter("mesh.lb.fail_open", "Attempts on ejected servers because nobody was eligible");
    meters.add(
        Gauge.builder("mesh.breaker.state", this, m -> m.breaker.level())
                .description("0 closed, 1 half-open, 2 open")
                .tags(tags)
            ::register);
  }

  private Counter counter(String meter, String description) {
    return meters.add(Counter.builder(meter).description(description).tags(tags)::register);
  }

  private <E extends Enum<E>> Map<E, Counter> counters(
      Class<E> kinds, String meter, String description, String tag, Function<E, String> value) {
    Map<E, Counter> counters = new EnumMap<>(kinds);
    for (E kind : kinds.getEnumConstants()) {
      if (kind instanceof Source source && source.isLive()) {
        continue;
      }
      counters.put(
          kind,
          meters.add(
              Counter.builder(meter).description(description).tags(tags).tag(tag, value.apply(kind))
                  ::register));
    }
    return counters;
  }

  private static String low(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  boolean isOf(String upstream) {
    return name.equals(upstream);
  }

  boolean isOf(String upstream, String routeName) {
    return name.equals(upstream) && route.equals(routeName);
  }

  void gauges(UpstreamEngine engine) {
    if (hasGauges) {
      return;
    }
    hasGauges = true;
    meters.add(
        Gauge.builder("mesh.client.active", engine, e -> e.active(route))
                .description("Calls in flight")
                .tags(tags)
            ::register);
    for (ServerView.State state : ServerView.State.values()) {
      meters.add(
          Gauge.builder("mesh.servers", engine, e -> count(e, route, state))
                  .description("Servers by state")
                  .tags(tags)
                  .tag("state", low(state))
              ::register);
    }
  }

  private static double count(UpstreamEngine engine, String route, ServerView.State state) {
    return engine.servers(route, System.nanoTime()).stream()
        .filter(s -> s.state() == state)
        .count();
  }

  @Override
  public void callEnded(Outcome outcome, long nanos) {
    requests.record(outcome, nanos);
  }

  @Override
  public void retried(Failure failure) {
    increment(retries.get(failure));
  }

  @Override
  public void timedOut(Phase phase) {
    increment(timeouts.get(phase));
  }

  @Override
  public void rejected(Rejected reason) {
    increment(rejected.get(reason));
  }

  @Override
  public void hedged() {
    hedges.increment();
  }

  @Override
  public void hedgeWon() {
    hedgesWon.increment();
  }

  @Override
  public void fellBack(Source source) {
    increment(fallbacks.get(source));
  }

  private static void increment(@Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }

  @Override
  public void failedOpen() {
    failOpen.increment();
  }

  @Override
  public void breakerChanged(BreakerState state) {
    breaker = state;
  }

  @Override
  public synchronized ServerListener serverJoined(String address) {
    Server server = new Server(meters(tag(address)));
    joined.put(address, server);
    return server;
  }

  @Override
  public synchronized void serverLeft(String address) {
    Server left = joined.remove(address);
    if (left != null && joined.values().stream().noneMatch(s -> s.meters == left.meters)) {
      servers.values().remove(left.meters);
      left.meters.removeAll();
    }
  }

  /** Other settings from now on: the servers' meters are dealt out anew. */
  synchronized void apply(boolean newPerServer, int newMaxServers) {
    if (newPerServer == perServer && newMaxServers == maxServers) {
      return;
    }
    perServer = newPerServer;
    maxServers = newMaxServers;
    Map<String, ServerMeters> before = new HashMap<>(servers);
    servers.clear();
    joined.forEach(
        (address, server) -> {
          String tag = tag(address);
          ServerMeters kept = before.remove(tag);
          if (kept != null) {
            servers.put(tag, kept);
          }
          server.dealt(meters(tag));
        });
    before.values().forEach(ServerMeters::removeAll);
  }

  private String tag(String address) {
    boolean own = servers.containsKey(address);
    int taken = servers.containsKey(OTHER) ? servers.size() - 1 : servers.size();
    return perServer && (own || taken < maxServers) ? address : OTHER;
  }

  private ServerMeters meters(String tag) {
    return servers.computeIfAbsent(
        tag, t -> new ServerMeters(registry, name, tags, t, t.equals(OTHER)));
  }

  synchronized void close() {
    servers.values().forEach(ServerMeters::removeAll);
    servers.clear();
    joined.clear();
    meters.removeAll();
  }

  /** A server of the list, whose meters may be dealt out anew. */
  private static final class Server implements ServerListener {

    private volatile ServerMeters meters;
    private volatile int limit;

    Server(ServerMeters meters) {
      this.meters = meters;
    }

    @Override
    public void attemptEnded(Outcome outcome, long nanos) {
      meters.attemptEnded(outcome, nanos);
    }

    @Override
    public void healthChecked(Outcome outcome) {
      meters.healthChecked(outcome);
    }

    @Override
    public void limitChanged(int attempts) {
      limit = attempts;
      meters.limitChanged(attempts);
    }

    void dealt(ServerMeters other) {
      meters = other;
      other.limitChanged(limit);
    }

    @Override
    public void ejected(Evidence evidence) {
      meters.ejected(evidence);
    }

    @Override
    public void wouldBeEjected(Evidence evidence) {
      meters.wouldBeEjected(evidence);
    }
  }
}
