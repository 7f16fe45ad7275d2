package dev.inmesh.jdbc.throttle;

import dev.inmesh.jdbc.signal.Measure;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;

/**
 * A limit that has changed, with its proof. Immutable.
 *
 * @param proof what was measured and what it was compared with; empty where there was nothing left
 *     to measure
 * @param before the limit until now; empty for none
 * @param after the limit from now on; empty for none
 */
public record Change(Optional<Proof> proof, OptionalInt before, OptionalInt after) {

  /**
   * Why.
   *
   * @param measure of the operation that is the worst
   * @param mark what it was compared with, in its unit
   * @param baseline what is usual for it here, if that is known
   * @param atRest whether the mark is that of a slow disk which fewer statements make no faster
   */
  public record Proof(Measure measure, double mark, OptionalDouble baseline, boolean atRest) {

    /** As in {@code fsync 41.2ms > 10ms (baseline 1.9ms)}. */
    @Override
    public String toString() {
      String unit = measure.operation().unit();
      return measure.operation().tag()
          + " "
          + number(measure.value())
          + unit
          + (measure.value() > mark ? " > " : " <= ")
          + number(mark)
          + unit
          + (atRest ? ", no faster with fewer" : "")
          + (baseline.isPresent()
              ? " (baseline " + number(baseline.getAsDouble()) + unit + ")"
              : "");
    }

    private static String number(double value) {
      String text = String.format(Locale.ROOT, value < 0.95 ? "%.2f" : "%.1f", value);
      return text.endsWith(".0") ? text.substring(0, text.length() - 2) : text;
    }
  }

  /** As in {@code fsync 41.2ms > 10ms (baseline 1.9ms), limit 14 -> 12}. */
  @Override
  public String toString() {
    return proof.map(Proof::toString).orElse("no disk signal") + ", " + limits();
  }

  /** As in {@code limit 14 -> 12}. */
  public String limits() {
    return "limit " + word(before) + " -> " + word(after);
  }

  private static String word(OptionalInt limit) {
    return limit.isPresent() ? String.valueOf(limit.getAsInt()) : "none";
  }
}
