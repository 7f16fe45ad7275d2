package dev.inmesh.samples.bench.disk;

import dev.inmesh.jdbc.QueryClass;
import java.util.Locale;

/** The classes of statements that the services run, the most important first. */
enum Kind {
  CRITICAL,
  INTERACTIVE,
  BATCH;

  /** What the mesh calls it. */
  QueryClass queryClass() {
    return QueryClass.valueOf(name());
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
