package dev.inmesh.engine;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.ServerHealth.Standing;
import dev.inmesh.event.Evidence;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Has it take effect in all routes how servers stand by their health checks, and tells of it, once
 * for each change. Used by one tick at a time: when a zone comes back, looking at 10,000 servers
 * anew for each of them would take seconds.
 */
final class HealthNews {

  private static final Logger log = LoggerFactory.getLogger(UpstreamEngine.class);

  /**
   * A server stands differently.
   *
   * @param words what its last checks failed with
   * @param nanos how long it stood as before
   */
  record Change(
      ServerHealth health, String address, Standing from, Standing to, String words, long nanos) {

    boolean isReturn() {
      return from == Standing.OUT && to == Standing.PASSING;
    }
  }

  /** Whether it was said that servers stay although they fail. */
  private boolean holding;

  /**
   * Tells.
   *
   * @param routes the upstream itself first
   * @param held how many servers stay although they fail
   */
  void tell(
      List<Change> changes,
      int held,
      List<RouteEngine> routes,
      UpstreamSettings settings,
      long now) {
    if (!changes.isEmpty()) {
      for (Change change : changes) {
        if (change.isReturn()) {
          routes.forEach(route -> route.cameBack(change.address(), now));
        }
      }
      routes.forEach(route -> route.rebuild(now));
      changes.forEach(change -> tell(change, settings, routes.get(0)));
    }
    if (holding && held == 0) {
      holding = false;
      if (settings.healthCheck().path().isPresent()) {
        log.info("{}: health checks tell the servers apart again", settings.name());
      }
    }
  }

  private void tell(Change change, UpstreamSettings settings, RouteEngine main) {
    String name = settings.name();
    String address = change.address();
    switch (change.to()) {
      case OUT -> {
        // Out already, on request: as in every deployment.
        log.atLevel(change.health().load.isDraining() ? Level.INFO : Level.WARN)
            .log(
                "{}: {} ejected: health check: {} ({} of {} servers out)",
                name,
                address,
                change.words(),
                main.choice().out,
                main.choice().usable);
        main.listener(address).ejected(Evidence.HEALTH_CHECK);
      }
      case WATCHED -> {
        log.info(
            "{}: {} would be ejected, but outlier.mode=observe: health check: {}",
            name,
            address,
            change.words());
        main.listener(address).wouldBeEjected(Evidence.HEALTH_CHECK);
      }
      case HELD -> {
        if (!holding) {
          holding = true;
          log.warn(
              "{}: {} fails its health checks ({}) but stays, since most other servers fail theirs"
                  + " or none is left",
              name,
              address,
              change.words());
        }
      }
      case PASSING -> {
        if (change.isReturn()) {
          log.info(
              "{}: {} {} after {} ms: its health checks pass",
              name,
              address,
              main.isEjected(address) ? "may be probed" : "is back",
              change.nanos() / 1_000_000);
        }
      }
    }
  }
}
