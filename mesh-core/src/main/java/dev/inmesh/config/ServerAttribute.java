package dev.inmesh.config;

import dev.inmesh.config.Refused.Fault;
import dev.inmesh.server.Server;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;

/**
 * What may follow the address in an entry of {@code servers}: {@link #TABLE} has one row for each.
 *
 * @param type of the value; a {@link Flag} has none
 * @param defaultText what holds without the attribute
 * @param doc one sentence for the reference
 */
record ServerAttribute<T>(
    String word, ValueType<T> type, String defaultText, String doc, Target<T> target) {

  interface Target<T> {
    void set(ServerDraft draft, T value);
  }

  /** Says something by being there. */
  record Flag() implements ValueType<Boolean> {

    @Override
    public Boolean parse(String text) {
      return true;
    }

    @Override
    public String syntax() {
      return "";
    }
  }

  static final List<ServerAttribute<?>> TABLE =
      List.of(
          new ServerAttribute<>(
              "weight",
              new CountType(1, Server.MAX_WEIGHT),
              "1",
              "Share of the traffic relative to the other servers.",
              (draft, value) -> draft.weight = value),
          new ServerAttribute<>(
              "max_conns",
              new CountType(0, 1_000_000),
              "0",
              "Attempts in flight at most, over all routes; 0 is no limit.",
              (draft, value) -> draft.maxConns = value),
          new ServerAttribute<>(
              "max_fails",
              new CountType(0, 10_000),
              "the outlier keys",
              "Failures within fail_timeout that eject the server, as nginx counts; 0 turns passive"
                  + " ejection off for it.",
              (draft, value) -> draft.maxFails = OptionalInt.of(value)),
          new ServerAttribute<>(
              "fail_timeout",
              new DurationType(Duration.ofMillis(1), Duration.ofDays(1)),
              "10s",
              "The window of max_fails, and how long the first such ejection lasts.",
              (draft, value) -> draft.failTimeout = value),
          new ServerAttribute<>(
              "backup",
              new Flag(),
              "no",
              "Used only when no other server can be.",
              (draft, value) -> draft.backup = value),
          new ServerAttribute<>(
              "down",
              new Flag(),
              "no",
              "Never used; kept in the list so that it can be seen.",
              (draft, value) -> draft.down = value),
          new ServerAttribute<>(
              "drain",
              new Flag(),
              "no",
              "No new attempts; running ones finish.",
              (draft, value) -> draft.drain = value),
          new ServerAttribute<>(
              "zone",
              new PlaceType(false),
              "unknown",
              "Where it runs, for prefer-zone.",
              (draft, value) -> draft.zone = value),
          new ServerAttribute<>(
              "region",
              new PlaceType(false),
              "unknown",
              "Where it runs, for region-fence; without one it is outside of every fence.",
              (draft, value) -> draft.region = value));

  private static final List<String> WORDS = TABLE.stream().map(ServerAttribute::word).toList();

  /** Reads {@code word=value} or {@code word} into the draft, and gives back the word. */
  static String apply(String text, ServerDraft draft) throws Refused {
    int equals = text.indexOf('=');
    String word = equals < 0 ? text : text.substring(0, equals);
    for (ServerAttribute<?> attribute : TABLE) {
      if (attribute.word.equals(word)) {
        attribute.applyTo(draft, text, equals);
        return word;
      }
    }
    String hint = NearMiss.hint(word, WORDS);
    throw Refused.malformed(
        Echo.quoted(text)
            + " is no attribute of a server."
            + (hint.isEmpty() ? " Known are " + String.join(", ", WORDS) : hint));
  }

  private void applyTo(ServerDraft draft, String text, int equals) throws Refused {
    boolean flag = type instanceof Flag;
    if (flag == equals >= 0) {
      String wrong = flag ? " has a value" : " has no value";
      throw Refused.malformed(Echo.quoted(text) + wrong + "; write '" + syntax() + "'");
    }
    try {
      target.set(draft, type.parse(text.substring(equals + 1)));
    } catch (Refused e) {
      throw new Refused(
          e.faults().stream().map(f -> new Fault(f.code(), word + " " + f.message())).toList());
    }
  }

  /** {@code weight=<count>}. */
  String syntax() {
    return type instanceof Flag ? word : word + "=<" + type.syntax() + ">";
  }
}
