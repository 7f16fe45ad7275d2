package dev.inmesh.config;

/** What {@code throttle.mode} can say. */
public enum ThrottleMode {
  /** Nothing is measured. */
  OFF,
  /** What {@code ENFORCE} would have done is counted and logged, and nothing else happens. */
  OBSERVE,
  /** Statements wait, and are refused, while the disk is too slow. */
  ENFORCE
}
