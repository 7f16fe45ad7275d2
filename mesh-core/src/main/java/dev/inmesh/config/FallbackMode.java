package dev.inmesh.config;

/** What {@code fallback} can say. */
enum FallbackMode {
  NONE("none", false, false),
  DEFAULT("default", false, true),
  STALE("stale", true, false),
  STALE_DEFAULT("stale,default", true, true);

  private final String word;
  private final boolean stale;
  private final boolean byDefault;

  FallbackMode(String word, boolean stale, boolean byDefault) {
    this.word = word;
    this.stale = stale;
    this.byDefault = byDefault;
  }

  String word() {
    return word;
  }

  boolean stale() {
    return stale;
  }

  boolean byDefault() {
    return byDefault;
  }
}
