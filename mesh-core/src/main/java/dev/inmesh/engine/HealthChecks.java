package dev.inmesh.engine;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.OutlierMode;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.config.UpstreamSettings.HealthCheck;
import dev.inmesh.engine.ServerHealth.Standing;
import dev.inmesh.event.Outcome;
import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/**
 * The health checks of an upstream, which concern a server as a whole and so all routes: which are
 * due, and how each server stands by them. Out is who fails so many in a row, unless most of the
 * others have begun to fail as well: then it is the service's fault or the check's, and whoever is
 * left would only be overloaded. Safe for concurrent use.
 */
final class HealthChecks {

  /** So many others are enough to judge by, so that 10,000 cost no more. */
  private static final int WITNESSES = 32;

  private final RouteEngine main;
  private final RandomSource random;
  private final CheckSchedule schedule;
  private final HealthNews news = new HealthNews();
  private List<ServerHealth> listed = List.of();
  private UpstreamSettings settings;
  private List<HealthNews.Change> changes = new ArrayList<>();
  private int held;

  /**
   * @param main has the listeners, and settles what ran out of time
   */
  HealthChecks(RouteEngine main, RandomSource random) {
    this.main = main;
    this.random = random;
    this.schedule = new CheckSchedule(random);
    this.settings = main.settings();
  }

  /**
   * Other settings and servers from now on. Of a server that stays, what is known is kept: unless
   * it isn't checked any more, or asked for something else.
   */
  synchronized void apply(UpstreamSettings changed, List<ServerLoad> loads, long now) {
    if (changed.healthCheck().path().isEmpty() && settings.healthCheck().path().isEmpty()) {
      settings = changed;
      return;
    }
    boolean modeChanged = observes(changed) != observes(settings);
    settings = changed;
    HealthCheck check = changed.healthCheck();
    String path = check.path().orElse("");
    listed.forEach(health -> health.server = null);
    List<ServerHealth> after = new ArrayList<>();
    for (int i = 0; i < loads.size(); i++) {
      Server server = changed.servers().get(i);
      ServerHealth health = loads.get(i).health;
      boolean isChecked = !path.isEmpty() && !server.down() && isAllowed(server, changed);
      if (!isChecked || !path.equals(health.path)) {
        health.forget();
      } else if (modeChanged && health.isCondemned()) {
        health.stand(Standing.PASSING, now);
      }
      health.path = path;
      if (isChecked) {
        health.server = server;
        after.add(health);
      }
    }
    listed.stream().filter(health -> health.server == null).forEach(h -> h.scheduled = false);
    listed = List.copyOf(after);
    schedule.apply(listed, check.interval().toNanos(), now);
    held = (int) listed.stream().filter(h -> h.standing() == Standing.HELD).count();
  }

  private static boolean observes(UpstreamSettings settings) {
    return settings.outlier().mode() == OutlierMode.OBSERVE;
  }

  /** Whether the upstream or one of its routes may use it at all. */
  private static boolean isAllowed(Server server, UpstreamSettings upstream) {
    return !Choice.isFenced(server, upstream.locality())
        || upstream.routes().stream().anyMatch(r -> !Choice.isFenced(server, r.locality()));
  }

  /** The checks that are to be made now. */
  synchronized List<Check> due(long now) {
    List<Check> due = new ArrayList<>();
    for (ServerHealth health : schedule.due(now)) {
      due.add(new Check(this, health, Objects.requireNonNull(health.server), now));
    }
    return due;
  }

  /** A check is over, whatever it came to. */
  synchronized void ended(Check check) {
    schedule.ended(check.health(), check.startNanos());
  }

  void settleLater(Check check) {
    main.settleLater(check);
  }

  /** It says nothing. */
  void ignored(Check check) {
    main.listener(check.server().address()).healthChecked(Outcome.IGNORED);
  }

  void passed(Check check, long now) {
    main.listener(check.server().address()).healthChecked(Outcome.SUCCESS);
    synchronized (this) {
      ServerHealth health = check.health();
      if (!isStillAsked(check)) {
        return;
      }
      health.passed();
      if (health.isFailing() && health.passedInRow() >= settings.healthCheck().healthyThreshold()) {
        stand(health, Standing.PASSING, now);
      }
    }
  }

  void failed(Check check, long now) {
    main.listener(check.server().address()).healthChecked(Outcome.FAILURE);
    synchronized (this) {
      ServerHealth health = check.health();
      if (!isStillAsked(check)) {
        return;
      }
      health.failed(check.words());
      boolean tooOften = health.failedInRow() >= settings.healthCheck().unhealthyThreshold();
      if (!health.isCondemned() && (tooOften || health.isFailing())) {
        Standing condemned = observes(settings) ? Standing.WATCHED : Standing.OUT;
        stand(health, mayGo(health, now) ? condemned : Standing.HELD, now);
      }
    }
  }

  /** A reload may have changed the question, or the server may have left. */
  private static boolean isStillAsked(Check check) {
    return check.health().server != null && check.path().equals(check.health().path);
  }

  private void stand(ServerHealth health, Standing standing, long now) {
    Standing before = health.standing();
    Server server = health.server;
    if (before == standing || server == null) {
      return;
    }
    changes.add(
        new HealthNews.Change(
            health, server.address(), before, standing, health.words(), now - health.since()));
    held += (standing == Standing.HELD ? 1 : 0) - (before == Standing.HELD ? 1 : 0);
    health.stand(standing, now);
  }

  /** Whether it may be taken out: its failing must set it apart, and somebody must be left. */
  private boolean mayGo(ServerHealth accused, long now) {
    int witnesses = 0;
    int failing = 0;
    boolean anyLeft = false;
    int n = listed.size();
    int step = Math.max(1, n / WITNESSES);
    int start = step > 1 ? random.below(n) : 0;
    for (int i = 0; i < n; i += step) {
      ServerHealth other = listed.get((start + i) % n);
      if (other == accused || other.load.isDraining()) {
        continue;
      }
      anyLeft |= !other.isFailing();
      if (isWitness(other, now)) {
        witnesses++;
        failing += isFaultless(other) ? 0 : 1;
      }
    }
    return anyLeft && 2 * failing <= witnesses;
  }

  /** Who has been out for long is no part of what happens now. */
  private boolean isWitness(ServerHealth other, long now) {
    HealthCheck check = settings.healthCheck();
    long lately = (check.unhealthyThreshold() + 1) * check.interval().toNanos();
    return other.isKnown() && !(other.isCondemned() && now - other.since() > lately);
  }

  /** One good check between failed ones doesn't make a witness that the service is well. */
  private boolean isFaultless(ServerHealth other) {
    return !other.isFailing() && other.isClean(settings.healthCheck().unhealthyThreshold());
  }

  /** Has what changed since the last tick take effect. */
  void tick(Supplier<List<RouteEngine>> routes, long now) {
    List<HealthNews.Change> news;
    int heldNow;
    UpstreamSettings current;
    synchronized (this) {
      news = changes;
      changes = new ArrayList<>(0);
      heldNow = held;
      current = settings;
    }
    this.news.tell(news, heldNow, routes.get(), current, now);
  }
}
