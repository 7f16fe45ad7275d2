package dev.inmesh.config;

/** How much statements matter, the most important first. */
public enum StatementClass {
  /** Never held back. */
  CRITICAL,
  /** Somebody waits for it. */
  INTERACTIVE,
  /** Work that has to be done, by and by. */
  BATCH,
  /** Work that can wait. */
  BACKGROUND
}
