package dev.inmesh.jdbc.simulation;

import dev.inmesh.jdbc.throttle.Change;
import dev.inmesh.jdbc.throttle.Controller;
import dev.inmesh.jdbc.throttle.Observation;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;

/** Ours. */
final class ControllerLimit implements LimitSource {

  private final Controller controller;

  ControllerLimit(RandomGenerator random) {
    this.controller = new Controller(1, OptionalInt.empty(), random);
  }

  @Override
  public int limit() {
    return controller.limit().orElse(NONE);
  }

  @Override
  public Optional<Change> window(Observation seen, long now) {
    return controller.window(seen, now);
  }
}
