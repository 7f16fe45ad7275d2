package dev.inmesh.jdbc.sql;

import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map by name that is asked with a part of a text, without making a String of it. Immutable.
 *
 * <p>Only ASCII letters are folded: a dotless i is no I.
 */
final class Names<V> {

  private final String[] names;
  private final Object[] values;
  private final int mask;
  private final int longest;

  /** The entries of {@code map}, whose keys count in lower case. */
  Names(Map<String, V> map) {
    int size = Integer.highestOneBit(Math.max(4, map.size()) * 4 - 1);
    this.names = new String[size];
    Arrays.fill(names, "");
    this.values = new Object[size];
    this.mask = size - 1;
    int most = 0;
    for (Map.Entry<String, V> entry : map.entrySet()) {
      String name = entry.getKey().toLowerCase(Locale.ROOT);
      int slot = slot(hash(name, 0, name.length()));
      while (!names[slot].isEmpty()) {
        slot = (slot + 1) & mask;
      }
      names[slot] = name;
      values[slot] = entry.getValue();
      most = Math.max(most, name.length());
    }
    this.longest = most;
  }

  /** What is kept under the name that stands from {@code from} to before {@code to}. */
  @SuppressWarnings("unchecked") // Only a V was put in.
  @Nullable V find(CharSequence text, int from, int to) {
    if (to - from > longest) {
      return null;
    }
    int slot = slot(hash(text, from, to));
    while (!names[slot].isEmpty()) {
      if (same(names[slot], text, from, to)) {
        return (V) values[slot];
      }
      slot = (slot + 1) & mask;
    }
    return null;
  }

  private int slot(int hash) {
    return (hash ^ (hash >>> 16)) & mask;
  }

  private static int hash(CharSequence text, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + lower(text.charAt(i));
    }
    return hash;
  }

  private static boolean same(String name, CharSequence text, int from, int to) {
    if (name.length() != to - from) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) != lower(text.charAt(from + i))) {
        return false;
      }
    }
    return true;
  }

  private static char lower(char c) {
    return c >= 'A' && c <= 'Z' ? (char) (c + 32) : c;
  }
}
