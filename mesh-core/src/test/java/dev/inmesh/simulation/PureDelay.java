package dev.inmesh.simulation;

import java.util.function.LongToDoubleFunction;

/** See {@link ServiceModel#pureDelay}. */
final class PureDelay implements ServiceModel {

  @Override
  public long admit(
      Event done, double nanos, LongToDoubleFunction slowness, long now, EventQueue events) {
    long end = now + Math.round(nanos * slowness.applyAsDouble(now));
    events.at(end, done);
    return end;
  }

  @Override
  public double expectedTime(int inSystem) {
    return 1;
  }
}
