package dev.inmesh.config;

/** What replicas of a database may get. */
public enum ReadMode {
  /** Nothing. */
  OFF,
  /** What was declared read-only. */
  READONLY,
  /** And all that is proven to read. */
  AUTO
}
