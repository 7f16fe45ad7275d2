package dev.inmesh.jdbc.simulation;

import dev.inmesh.jdbc.signal.Measure;
import dev.inmesh.jdbc.throttle.ClientWindow;
import dev.inmesh.jdbc.throttle.Observation;
import dev.inmesh.jdbc.throttle.TextTime;
import dev.inmesh.jdbc.throttle.VirtualAdmission;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SplittableRandom;

/** A service: threads that ask again when they have their answer, and statements as they come. */
final class SimulatedClient {

  private static final long PING = Events.MILLI / 2;
  private static final long MAX_WAIT = 250 * Events.MILLI;
  private static final long COMES_AGAIN = 100 * Events.MILLI;

  private final Events events;
  private final int number;
  private final Figures figures;
  private final SplittableRandom random;
  private LimitSource limit;
  private final VirtualAdmission line;
  private final Map<String, long[]> texts = new LinkedHashMap<>();
  private Database database;
  private Probe probe;
  private boolean probeDead;
  private long completed;

  SimulatedClient(
      Events events,
      int number,
      Database database,
      LimitSource limit,
      Figures figures,
      SplittableRandom random) {
    this.events = events;
    this.number = number;
    this.database = database;
    this.limit = limit;
    this.figures = figures;
    this.random = random;
    this.line = new VirtualAdmission(events);
    line.limit(limit.limit());
    this.probe = new Probe(database, random.split());
  }

  /** Looks at its server every second from now on, not at the same time as others. */
  void start() {
    events.every(Events.SECOND, events.now() + random.nextLong(Events.SECOND), this::window);
  }

  /** A thread that does this until the end, with a pause between two. */
  void thread(Statement statement, double pauseMillis) {
    SplittableRandom own = random.split();
    events.in(
        own.nextLong(100 * Events.MILLI),
        new Event() {
          @Override
          public void fire(long now) {
            run(
                statement,
                end -> events.in(pause(own), this),
                end -> events.in(COMES_AGAIN + own.nextLong(20 * Events.MILLI), this));
          }

          private long pause(SplittableRandom own) {
            return Math.round(pauseMillis * Events.MILLI * (0.5 + own.nextDouble()));
          }
        });
  }

  /** Statements at random instants, whatever became of those before. */
  void arrivals(Statement statement, double perSecond) {
    SplittableRandom own = random.split();
    events.in(
        Math.round(-StrictMath.log(1 - own.nextDouble()) / perSecond * Events.SECOND),
        new Event() {
          @Override
          public void fire(long now) {
            run(statement, end -> {}, end -> {});
            events.in(
                Math.round(-StrictMath.log(1 - own.nextDouble()) / perSecond * Events.SECOND),
                this);
          }
        });
  }

  void probeDead(boolean dead) {
    probeDead = dead;
  }

  /** A failover: another server, of which nothing is known. */
  void moveTo(Database other, LimitSource unknown) {
    database = other;
    limit = unknown;
    probe = new Probe(other, random.split());
    line.limit(limit.limit());
  }

  void resetStatistics() {
    probe.reset();
  }

  private void run(Statement statement, Event ended, Event refused) {
    long asked = events.now();
    line.acquire(
        statement.kind(),
        MAX_WAIT,
        () -> {
          long now = events.now();
          int inFlight = line.inFlight();
          Database at = database;
          events.in(
              PING / 2,
              sent ->
                  at.run(
                      statement,
                      done ->
                          events.in(
                              PING / 2,
                              answered -> {
                                completed++;
                                long[] times =
                                    texts.computeIfAbsent(statement.text(), t -> new long[2]);
                                times[0]++;
                                times[1] += answered - now;
                                limit.ended(now, answered - now, inFlight);
                                line.limit(limit.limit());
                                line.release(statement.kind());
                                figures.ended(number, statement.kind(), asked, answered);
                                ended.fire(answered);
                              })));
        },
        () -> {
          figures.refused(statement.kind(), events.now());
          refused.fire(events.now());
        });
  }

  private void window(long now) {
    List<TextTime> times =
        texts.entrySet().stream()
            .map(e -> new TextTime(e.getKey(), e.getValue()[0], e.getValue()[1]))
            .toList();
    texts.clear();
    List<Measure> measures = probe.measures(now);
    Observation seen =
        new Observation(
            probeDead ? List.of() : measures,
            new ClientWindow(times, 0, 0, OptionalLong.of(PING)),
            line.takeHighest(),
            completed,
            line.takeHeldBack(),
            true);
    completed = 0;
    limit
        .window(seen, now)
        .ifPresent(
            change ->
                figures.changes.add(
                    String.format(
                        Locale.ROOT, "%.2f s, client %d: %s", now / 1e9, number, change)));
    line.limit(limit.limit());
    figures.limit(number, limit.limit(), now);
  }
}
