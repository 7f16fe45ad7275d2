package dev.inmesh.jdbc.sql;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What is known of a dialect's functions: the lists in this package's resources. Immutable. */
final class Functions {

  /** What a call of a function may do. The names of the lists' sections, in capitals. */
  enum Effect {
    /** Changes nothing. */
    PURE,
    /** Stands before a parenthesis and is no function; never one's name in this dialect. */
    SYNTAX,
    /** Pure, but somebody else's function if a blank stands before the parenthesis. */
    ADJACENT,
    /** Changes something, or answers for one server alone. */
    EFFECT,
    /** Changes or reads what belongs to the session. */
    SESSION,
    /** No function: what SHOW may show of a replica. */
    SHOW
  }

  /** What the drivers make of {@code {fn ...}} where the database has another name for it. */
  private static final Set<String> ESCAPES =
      Set.of(
          "curdate",
          "curtime",
          "dayname",
          "dayofmonth",
          "dayofweek",
          "dayofyear",
          "hour",
          "ifnull",
          "insert",
          "lcase",
          "locate",
          "minute",
          "month",
          "monthname",
          "quarter",
          "rand",
          "second",
          "timestampadd",
          "timestampdiff",
          "truncate",
          "ucase",
          "week",
          "year",
          "convert",
          "database",
          "log10",
          "space");

  private final Names<Effect> effects;
  private final Names<Effect> shown;
  private final Names<Effect> escapes;

  /** The lists of {@code dialect}, and {@code more} functions that change nothing. */
  Functions(Dialect dialect, Set<String> more) {
    Map<String, Effect> known = new HashMap<>();
    Map<String, Effect> show = new HashMap<>();
    read(dialect.resource(), known, show);
    for (String name : more) {
      known.put(name.strip().toLowerCase(Locale.ROOT), Effect.PURE);
    }
    Map<String, Effect> escaped = new HashMap<>();
    for (String name : ESCAPES) {
      escaped.put(name, Effect.PURE);
    }
    this.effects = new Names<>(known);
    this.shown = new Names<>(show);
    this.escapes = new Names<>(escaped);
  }

  /** What is known of the function whose name, with its schema, stands there. */
  @Nullable Effect effect(CharSequence text, int from, int to) {
    return effects.find(text, from, to);
  }

  /** Whether a replica may show this. */
  boolean shown(CharSequence text, int from, int to) {
    return shown.find(text, from, to) != null;
  }

  /** Whether a driver translates this in {@code {fn ...}} into something pure. */
  boolean escape(CharSequence text, int from, int to) {
    return escapes.find(text, from, to) != null;
  }

  private static void read(String resource, Map<String, Effect> known, Map<String, Effect> show) {
    try (InputStream in = Functions.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing beside " + Functions.class);
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      Effect section = Effect.PURE;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        String names = line.strip();
        if (names.startsWith("[")) {
          section = Effect.valueOf(names.substring(1, names.length() - 1).toUpperCase(Locale.ROOT));
        } else if (!names.isEmpty() && !names.startsWith("#")) {
          Map<String, Effect> into = section == Effect.SHOW ? show : known;
          for (String name : names.split(" +", -1)) {
            if (into.put(name, section) != null) {
              throw new IllegalStateException(resource + ": " + name + " is listed twice");
            }
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(resource, e);
    }
  }
}
