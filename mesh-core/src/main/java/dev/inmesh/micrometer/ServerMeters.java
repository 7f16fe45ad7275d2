package dev.inmesh.micrometer;

import dev.inmesh.event.Failure;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.ServerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.Locale;

/** The meters under one value of the server tag. Safe for concurrent use. */
final class ServerMeters implements ServerListener {

  private final Meters meters;
  private final OutcomeTimers attempts;
  private final Tags tags;

  ServerMeters(MeterRegistry registry, Tags upstream, String server) {
    this.meters = new Meters(registry);
    this.tags = upstream.and("server", server);
    this.attempts =
        new OutcomeTimers(meters, "mesh.client.attempts", "Attempts on one server", tags);
  }

  @Override
  public void attemptEnded(Outcome outcome, long nanos) {
    attempts.record(outcome, nanos);
  }

  @Override
  public void ejected(Failure evidence) {
    // Rare: the registry's look-up costs nothing that counts here.
    meters
        .add(
            Counter.builder("mesh.outlier.ejections")
                .description("Ejections by the kind of evidence")
                .tags(tags)
                .tag("reason", evidence.name().toLowerCase(Locale.ROOT))
                .register(meters.registry()))
        .increment();
  }

  void removeAll() {
    meters.removeAll();
  }
}
