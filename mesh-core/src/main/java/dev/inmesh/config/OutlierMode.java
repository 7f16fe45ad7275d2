package dev.inmesh.config;

/** What {@code outlier.mode} can say. */
enum OutlierMode {
  ENFORCE,
  OFF
}
