package dev.inmesh.server;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * A key of a registry, {@code mesh.discovery.<id>.<name>}, by which the mesh reads and checks it as
 * all other keys. Immutable.
 *
 * @param <T> what a value becomes
 */
public final class SourceKey<T> {

  /** How a value is written. */
  public enum Kind {
    /** Any text on one line. */
    TEXT,
    /** The same, never shown. */
    SECRET,
    /** Like {@code 250ms}. */
    DURATION,
    /** A whole number. */
    COUNT,
    /** {@code host:port}, separated by commas. */
    ADDRESSES,
    /** One of a few words. */
    WORD
  }

  private final String name;
  private final Kind kind;
  private final String defaultText;
  private final boolean required;
  private final long least;
  private final long most;
  private final List<String> words;
  private final Function<String, Optional<String>> check;
  private final String doc;

  private SourceKey(
      String name,
      Kind kind,
      String defaultText,
      boolean required,
      long least,
      long most,
      List<String> words,
      Function<String, Optional<String>> check,
      String doc) {
    this.name = name;
    this.kind = kind;
    this.defaultText = defaultText;
    this.required = required;
    this.least = least;
    this.most = most;
    this.words = words;
    this.check = check;
    this.doc = doc;
  }

  private static <T> SourceKey<T> of(String name, Kind kind, String defaultText, String doc) {
    return bounded(name, kind, defaultText, 0, 0, doc);
  }

  private static <T> SourceKey<T> bounded(
      String name, Kind kind, String defaultText, long least, long most, String doc) {
    return new SourceKey<>(
        name, kind, defaultText, false, least, most, List.of(), text -> Optional.empty(), doc);
  }

  /** A text; empty when it isn't set. */
  public static SourceKey<String> text(String name, String doc) {
    return of(name, Kind.TEXT, "", doc);
  }

  /** A credential, which is never shown; empty when it isn't set. */
  public static SourceKey<String> secret(String name, String doc) {
    return of(name, Kind.SECRET, "", doc);
  }

  /** A duration, as written, like {@code 2s}. */
  public static SourceKey<Duration> duration(
      String name, Duration least, Duration most, String defaultText, String doc) {
    return bounded(name, Kind.DURATION, defaultText, least.toMillis(), most.toMillis(), doc);
  }

  /** A whole number; an empty default stands for {@code least}. */
  public static SourceKey<Integer> count(
      String name, int least, int most, String defaultText, String doc) {
    return bounded(name, Kind.COUNT, defaultText, least, most, doc);
  }

  /** Addresses, each as {@code host:port}, lower case; empty when it isn't set. */
  public static SourceKey<List<String>> addresses(String name, String doc) {
    return of(name, Kind.ADDRESSES, "", doc);
  }

  /** One of these words, the first by default. */
  public static SourceKey<String> word(String name, List<String> words, String doc) {
    return new SourceKey<>(
        name,
        Kind.WORD,
        words.get(0),
        false,
        0,
        0,
        List.copyOf(words),
        text -> Optional.empty(),
        doc);
  }

  /** The same, to be set. */
  public SourceKey<T> required() {
    return new SourceKey<>(name, kind, defaultText, true, least, most, words, check, doc);
  }

  /** The same with a value for where none is written. */
  public SourceKey<T> orElse(String value) {
    return new SourceKey<>(name, kind, value, required, least, most, words, check, doc);
  }

  /**
   * The same with a check of the text.
   *
   * @param refusal what is wrong with a text and what mends it, to stand behind the quoted text;
   *     empty when nothing is
   */
  public SourceKey<T> checked(Function<String, Optional<String>> refusal) {
    return new SourceKey<>(name, kind, defaultText, required, least, most, words, refusal, doc);
  }

  /** Its name behind {@code mesh.discovery.<id>.}. */
  public String name() {
    return name;
  }

  /** How a value is written. */
  public Kind kind() {
    return kind;
  }

  /** The value when none is written; may be empty. */
  public String defaultText() {
    return defaultText;
  }

  /** Whether it must be set. */
  public boolean isRequired() {
    return required;
  }

  /** The least count, or milliseconds of a duration. */
  public long least() {
    return least;
  }

  /** The greatest count, or milliseconds of a duration. */
  public long most() {
    return most;
  }

  /** The words of a {@link Kind#WORD}. */
  public List<String> words() {
    return words;
  }

  /** What is wrong with a well-written text; empty when nothing is. */
  public Optional<String> refusal(String text) {
    return check.apply(text);
  }

  /** One sentence for the reference. */
  public String doc() {
    return doc;
  }

  @Override
  public String toString() {
    return name;
  }
}
