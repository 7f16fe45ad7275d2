package dev.inmesh.samples.shop;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.cumulative.CumulativeTimer;
import io.micrometer.core.instrument.distribution.DistributionStatisticConfig;
import io.micrometer.core.instrument.distribution.pause.PauseDetector;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * The meters of the mesh, with one addition: the attempts on each server are kept with all their
 * latencies, second by second. Safe for concurrent use.
 */
final class Attempts extends SimpleMeterRegistry {

  private final Map<String, Second> byServer = new ConcurrentHashMap<>();

  /** The attempts that ended on this server since the last look. */
  Second.Look since(String server) {
    return second(server).look();
  }

  /** The breaker's state. */
  String breaker() {
    double level = get("mesh.breaker.state").gauge().value();
    return level == 0 ? "closed" : level == 1 ? "half-open" : "open";
  }

  /** What the mesh has counted: {@code retries[reason=status]=5 fallbacks[source=default]=2}. */
  String counted() {
    return getMeters().stream()
        .filter(meter -> meter instanceof Counter counter && counter.count() > 0)
        .map(meter -> name(meter.getId()) + "=" + (long) ((Counter) meter).count())
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String name(Meter.Id id) {
    String tags =
        id.getTags().stream()
            .filter(tag -> !tag.getKey().equals("upstream") && !tag.getKey().equals("route"))
            .map(tag -> tag.getKey() + "=" + tag.getValue())
            .collect(Collectors.joining(","));
    String last = id.getName().substring(id.getName().lastIndexOf('.') + 1);
    return tags.isEmpty() ? last : last + "[" + tags + "]";
  }

  private Second second(String server) {
    return byServer.computeIfAbsent(server, s -> new Second());
  }

  @Override
  protected Timer newTimer(
      Meter.Id id, DistributionStatisticConfig config, PauseDetector pauseDetector) {
    if (!id.getName().equals("mesh.client.attempts")) {
      return super.newTimer(id, config, pauseDetector);
    }
    Second second = second(Objects.requireNonNull(id.getTag("server")));
    boolean success = "success".equals(id.getTag("outcome"));
    return new Attempt(id, clock, config, pauseDetector, second, success);
  }

  private static final class Attempt extends CumulativeTimer {

    private final Second second;
    private final boolean success;

    Attempt(
        Meter.Id id,
        Clock clock,
        DistributionStatisticConfig config,
        PauseDetector pauseDetector,
        Second second,
        boolean success) {
      super(id, clock, config, pauseDetector, TimeUnit.MILLISECONDS, false);
      this.second = second;
      this.success = success;
    }

    @Override
    protected void recordNonNegative(long amount, TimeUnit unit) {
      super.recordNonNegative(amount, unit);
      second.add(unit.toNanos(amount), success);
    }
  }
}
