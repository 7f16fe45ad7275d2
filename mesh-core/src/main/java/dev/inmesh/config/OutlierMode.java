package dev.inmesh.config;

/** What {@code outlier.mode} can say. */
public enum OutlierMode {
  /** Servers are ejected, and slow ones get less weight. */
  ENFORCE,
  /** What {@code ENFORCE} would have done is counted and logged, and nothing else happens. */
  OBSERVE,
  /** Nothing is judged. */
  OFF
}
