package dev.inmesh.config;

/** What {@code mesh.config.unknown} can say. */
enum UnknownKeys {
  FAIL,
  WARN
}
