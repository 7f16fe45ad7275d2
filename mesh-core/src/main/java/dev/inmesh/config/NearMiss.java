package dev.inmesh.config;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Finds the word that was probably meant.
 *
 * <p>The distance is that of Damerau and Levenshtein in its restricted form (optimal string
 * alignment): insertions, deletions, replacements and swaps of neighbours.
 */
final class NearMiss {

  private static final int FARTHEST = 2;

  /** Nobody means a longer word than any key can be. */
  private static final int LONGEST = Echo.KEY_LENGTH;

  private static final Pattern SEPARATORS = Pattern.compile("[._-]");

  private NearMiss() {}

  /**
   * The nearest candidate, if one is at most 2 and at most half of the text away; else one of the
   * same words in another order.
   */
  static Optional<String> of(String text, Collection<String> candidates) {
    if (text.length() > LONGEST) {
      return Optional.empty();
    }
    String nearest = "";
    int least = Math.min(FARTHEST, text.length() / 2) + 1;
    for (String candidate : candidates) {
      if (Math.abs(candidate.length() - text.length()) < least) {
        int distance = distance(text, candidate);
        if (distance < least) {
          least = distance;
          nearest = candidate;
        }
      }
    }
    return nearest.isEmpty() ? sameWords(text, candidates) : Optional.of(nearest);
  }

  /** {@code connect-timeout} where {@code timeout.connect} is meant. */
  private static Optional<String> sameWords(String text, Collection<String> candidates) {
    List<String> words = words(text);
    return candidates.stream()
        .filter(candidate -> candidate.length() == text.length())
        .filter(candidate -> words(candidate).equals(words))
        .findFirst();
  }

  private static List<String> words(String text) {
    return SEPARATORS.splitAsStream(text).sorted().toList();
  }

  /** {@code " Did you mean 'x'?"}, or nothing. */
  static String hint(String text, Collection<String> candidates) {
    return of(text, candidates).map(word -> " Did you mean '" + word + "'?").orElse("");
  }

  /** The same behind a sentence, which it ends if there is something to say. */
  static String furtherHint(String text, Collection<String> candidates) {
    return of(text, candidates).map(word -> ". Did you mean '" + word + "'?").orElse("");
  }

  static int distance(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int cost = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        row[j] = Math.min(Math.min(last[j] + 1, row[j - 1] + 1), last[j - 1] + cost);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      int[] free = beforeLast;
      beforeLast = last;
      last = row;
      row = free;
    }
    return last[b.length()];
  }
}
