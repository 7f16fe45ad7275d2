package dev.inmesh.micrometer;

import dev.inmesh.event.Evidence;
import dev.inmesh.event.Outcome;
import dev.inmesh.event.ServerListener;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

/** The meters under one value of the server tag. Safe for concurrent use. */
final class ServerMeters implements ServerListener {

  private final Meters meters;
  private final OutcomeTimers attempts;
  private final Tags tags;
  private final boolean shared;
  private final Tags checkTags;
  private final AtomicInteger limit = new AtomicInteger();
  private final AtomicBoolean hasLimit = new AtomicBoolean();

  /**
   * @param route the tags of the upstream and its route
   * @param shared whether several servers go by this name
   */
  ServerMeters(MeterRegistry registry, String upstream, Tags route, String server, boolean shared) {
    this.shared = shared;
    this.meters = new Meters(registry);
    this.tags = route.and("server", server);
    this.checkTags = Tags.of("upstream", upstream, "server", server);
    this.attempts =
        new OutcomeTimers(meters, "mesh.client.attempts", "Attempts on one server", tags);
  }

  @Override
  public void attemptEnded(Outcome outcome, long nanos) {
    attempts.record(outcome, nanos);
  }

  @Override
  public void ejected(Evidence evidence) {
    count("mesh.outlier.ejections", "Ejections by the kind of evidence", tags(evidence));
  }

  @Override
  public void wouldBeEjected(Evidence evidence) {
    count("mesh.outlier.observed", "Ejections that outlier.mode=observe left out", tags(evidence));
  }

  @Override
  public void healthChecked(Outcome outcome) {
    count("mesh.health.checks", "Health checks", checkTags.and("outcome", outcome.tag()));
  }

  @Override
  public void limitChanged(int attempts) {
    limit.set(attempts);
    // Of servers that share a name there is no one limit.
    if (attempts > 0 && !shared && hasLimit.compareAndSet(false, true)) {
      meters.add(
          Gauge.builder("mesh.server.limit", limit, AtomicInteger::get)
                  .description("Attempts at a time that max-requests=adaptive allows; 0 for any")
                  .tags(tags)
              ::register);
    }
  }

  private Tags tags(Evidence evidence) {
    return tags.and("reason", evidence.tag());
  }

  private void count(String name, String description, Tags tags) {
    // Rare: the registry's look-up costs nothing that counts here.
    meters.add(Counter.builder(name).description(description).tags(tags)::register).increment();
  }

  void removeAll() {
    meters.removeAll();
  }
}
