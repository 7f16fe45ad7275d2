package dev.inmesh.config;

import java.util.Optional;

/** A duration, {@code p95}, or {@code off}. */
record HedgeAfterType(DurationType durations) implements ValueType<HedgeAfter> {

  @Override
  public HedgeAfter parse(String written) throws Refused {
    return switch (written.strip()) {
      case "off" -> HedgeAfter.OFF;
      case "p95" -> HedgeAfter.P95;
      default -> new HedgeAfter(true, Optional.of(durations.parse(written)));
    };
  }

  @Override
  public String syntax() {
    return durations.syntax() + " | p95 | off";
  }

  @Override
  public String range() {
    return durations.range();
  }
}
