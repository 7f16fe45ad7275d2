package dev.inmesh.jdbc.sql;

import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Verdict.Target;

/** What a reading has found so far: the first reason against a replica, and what else it shows. */
final class Finding {

  /** A function is named in a reason up to here. */
  private static final int SHOWN = 60;

  private final CharSequence text;

  Kind kind = Kind.READ;
  boolean sticky;
  private String reason = "";

  /** Whether the reason is more than a function nobody knows, which a hint can vouch for. */
  private boolean proven;

  Finding(CharSequence text) {
    this.text = text;
  }

  /** Remembers why not; the first reason is the one that is told. */
  void no(String why) {
    if (reason.isEmpty() || (!proven && !why.isEmpty())) {
      reason = why;
    }
    proven = true;
  }

  /** A function nobody knows stands from {@code from} to before {@code to}. */
  void unknownFunction(int from, int to) {
    if (reason.isEmpty()) {
      reason = Verdict.UNKNOWN_FUNCTION + name(from, to);
    }
  }

  /** A function that is known to do something. */
  void function(int from, int to) {
    no("function " + name(from, to));
  }

  /** The next or the current value of a sequence. */
  void sequence(Word word) {
    no(word == Word.NEXTVAL ? "function nextval" : "function currval");
    sticky |= word == Word.CURRVAL;
  }

  boolean is(String why) {
    return reason.equals(why);
  }

  private String name(int from, int to) {
    return text.subSequence(from, Math.min(to, from + SHOWN)).toString();
  }

  /**
   * What that comes to with what the comments ask for.
   *
   * @param ping whether it asks for no more than an answer, if it is a read
   */
  Verdict verdict(Hints hints, boolean ping) {
    boolean read = reason.isEmpty();
    boolean vouched = !read && !proven && hints.asked == Hint.REPLICA;
    Target target = read || vouched ? Target.REPLICA : Target.PRIMARY;
    String why = read ? "read" : vouched ? "hint" : reason;
    // A function that nobody knows may still be vouched for by others, who must hear of the hint.
    if (!proven && !hints.trouble.isEmpty()) {
      target = Target.PRIMARY;
      why = hints.trouble;
    } else if (!proven && hints.asked == Hint.PRIMARY) {
      target = Target.PRIMARY;
      why = "hint";
    }
    Kind what = kind == Kind.READ && !read && !vouched ? Kind.OTHER : kind;
    return new Verdict(
        target, why, what, hints.asked, sticky, hints.statementClass, read && ping, "");
  }
}
