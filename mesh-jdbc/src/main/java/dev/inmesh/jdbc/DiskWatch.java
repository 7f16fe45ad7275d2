package dev.inmesh.jdbc;

import dev.inmesh.config.ThrottleMode;
import dev.inmesh.config.ThrottleSettings;
import dev.inmesh.jdbc.signal.DiskProbe;
import dev.inmesh.jdbc.signal.Measure;
import dev.inmesh.jdbc.signal.Poll;
import dev.inmesh.jdbc.throttle.Admission;
import dev.inmesh.jdbc.throttle.Change;
import dev.inmesh.jdbc.throttle.ClientWindow;
import dev.inmesh.jdbc.throttle.Controller;
import dev.inmesh.jdbc.throttle.Observation;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Watches the disk of one server, and sets the limit of its throttle: from each window, which is
 * about a second, comes what the disk and this process's statements say. Nothing is asked before
 * the first statement. Ticked by one thread at a time.
 */
final class DiskWatch implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MeshDataSource.class);

  /** A window ends with each poll, and no later than this if none comes. */
  private static final long LONGEST_WINDOW_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  /** As long as this after the last statement a server counts as used. */
  private static final long USED_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final String database;
  private final String server;
  private final Throttle throttle;
  private final DiskProbe probe;
  private final ThrottleMeters meters;

  private Controller controller;

  private int applied = Admission.UNLIMITED;

  /** How the limit has changed last. */
  private String limits = "";

  private int minPermits;
  private OptionalInt maxPermits;

  private boolean used;
  private long usedNanos;
  private long lastEnded;
  private long lastSequence;
  private long lastNanos = System.nanoTime();

  DiskWatch(
      String database, String server, Throttle throttle, DiskProbe probe, ThrottleMeters meters) {
    this.database = database;
    this.server = server;
    this.throttle = throttle;
    this.probe = probe;
    this.meters = meters;
    ThrottleSettings settings = throttle.settings();
    this.minPermits = settings.minPermits();
    this.maxPermits = most(settings);
    this.controller = controller();
    this.lastSequence = probe.latest().sequence();
    meters.show(throttle.admission());
  }

  private Controller controller() {
    return new Controller(minPermits, maxPermits, new Random());
  }

  private static OptionalInt most(ThrottleSettings settings) {
    return settings.maxPermits().map(OptionalInt::of).orElse(OptionalInt.empty());
  }

  void settings(ThrottleSettings changed) {
    throttle.settings(changed);
    probe.settings(changed);
    if (changed.minPermits() != minPermits || !most(changed).equals(maxPermits)) {
      minPermits = changed.minPermits();
      maxPermits = most(changed);
      controller = controller();
      applied = Admission.UNLIMITED;
      throttle.limit(applied);
    }
  }

  void tick(long now) {
    long ended = throttle.ended();
    if (ended != lastEnded || throttle.admission().inFlight() > 0) {
      lastEnded = ended;
      used = true;
      usedNanos = now;
    }
    if (!used) {
      return;
    }
    probe.tick(now, now - usedNanos < USED_NANOS);
    Poll poll = probe.latest();
    boolean fresh = poll.sequence() != lastSequence;
    if (fresh || now - lastNanos >= LONGEST_WINDOW_NANOS) {
      lastSequence = poll.sequence();
      lastNanos = now;
      window(fresh ? poll.measures() : List.of(), poll, now);
    }
  }

  private void window(List<Measure> measures, Poll poll, long now) {
    meters.latencies(measures);
    OptionalLong ping =
        poll.pingMillis().isEmpty()
            ? OptionalLong.empty()
            : OptionalLong.of((long) (poll.pingMillis().getAsDouble() * 1e6));
    Observation seen =
        new Observation(
            measures,
            new ClientWindow(
                throttle.texts().take(), throttle.takeCommits(), throttle.takeCommitNanos(), ping),
            throttle.admission().takeHighest(),
            throttle.takeEnded(),
            throttle.takeHeldBack() > 0,
            throttle.settings().mode() == ThrottleMode.ENFORCE);
    controller.window(seen, now).ifPresent(this::tell);
    // Of now, and not of when the limit changed: it may stay for long.
    controller.latest().ifPresent(proof -> throttle.proof(proof + ", " + limits));
    int limit = controller.limit().orElse(Admission.UNLIMITED);
    if (limit != applied) {
      applied = limit;
      throttle.limit(limit);
    }
  }

  private void tell(Change change) {
    boolean enforced = throttle.settings().mode() == ThrottleMode.ENFORCE;
    String what = enforced ? "throttle" : "would throttle (observe)";
    boolean begins = change.before().isEmpty();
    boolean ends = change.after().isEmpty();
    // Whoever has asked for nothing isn't told each second.
    Level level = begins ? Level.WARN : enforced || ends ? Level.INFO : Level.DEBUG;
    log.atLevel(level).log("{}: {} on {}: {}", database, what, server, change);
    limits = change.limits();
  }

  @Override
  public void close() {
    throttle.limit(Admission.UNLIMITED);
    probe.close();
    meters.close();
  }
}
