package dev.inmesh.config;

import java.util.List;

/**
 * What a reload did.
 *
 * @param changed whether a new snapshot holds now
 * @param version of the snapshot that holds now
 * @param problems why the new settings were refused; empty when they were not
 */
public record Reload(boolean changed, int version, List<Problem> problems) {

  /** Whether the new settings were refused, so that the ones before still hold. */
  public boolean rejected() {
    return !problems.isEmpty();
  }
}
