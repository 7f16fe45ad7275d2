package dev.inmesh.jdbc.sql;

import java.util.Objects;

/**
 * What a statement's text proves. Immutable.
 *
 * @param target where it may go at most: {@link Target#REPLICA} means "to either"
 * @param reason why, in words: {@code read}, {@code write}, {@code unknown function f}
 * @param kind what the statement is
 * @param hint what a comment asked for
 * @param sticky whether the connection has to stay at the primary until it is returned: the
 *     statement leaves something behind in the session
 * @param statementClass the class that {@code mesh:class=} asked for; empty without one
 * @param ping whether it asks for no more than an answer, as {@code SELECT 1} does
 * @param explained the statement behind {@code EXPLAIN MESH}; empty for all others
 */
public record Verdict(
    Target target,
    String reason,
    Kind kind,
    Hint hint,
    boolean sticky,
    String statementClass,
    boolean ping,
    String explained) {

  static final String UNKNOWN_FUNCTION = "unknown function ";
  static final String TRANSACTION_CONTROL = "transaction control";

  /** Where a statement may go. */
  public enum Target {
    PRIMARY,
    REPLICA
  }

  /** What a statement is. */
  public enum Kind {
    /** Proven to change nothing, wherever a hint sends it. */
    READ,
    /** Begins or sets a transaction, or has to do with a savepoint. */
    TRANSACTION,
    /** Ends a transaction, and begins no other. */
    TRANSACTION_END,
    /** Sets something of the session, and writes no data. */
    SESSION,
    /** {@code EXPLAIN MESH}: not for a server at all. */
    EXPLAIN_MESH,
    /** Everything else: it may write. */
    OTHER
  }

  /** What a comment asked for. */
  public enum Hint {
    NONE,
    PRIMARY,
    REPLICA
  }

  /** Checks that nothing is null. */
  public Verdict {
    Objects.requireNonNull(target, "target");
    Objects.requireNonNull(reason, "reason");
    Objects.requireNonNull(kind, "kind");
    Objects.requireNonNull(hint, "hint");
    Objects.requireNonNull(statementClass, "statementClass");
    Objects.requireNonNull(explained, "explained");
  }

  /** Whether a replica may have it. */
  public boolean replicaAllowed() {
    return target == Target.REPLICA;
  }

  /** Whether it is about a transaction, and no more than that. */
  public boolean isTransactionControl() {
    return kind == Kind.TRANSACTION || kind == Kind.TRANSACTION_END;
  }

  /** Whether it is several statements of which the first, but not the last, is about one. */
  public boolean mayLeaveTransaction() {
    return kind == Kind.OTHER && sticky && reason.equals(TRANSACTION_CONTROL);
  }

  /** Whether nothing speaks against a replica but functions that nobody knows. */
  public boolean callsUnknownFunctions() {
    return reason.startsWith(UNKNOWN_FUNCTION);
  }

  /** What is left of it when a replica has refused it as a write. */
  Verdict refused() {
    return new Verdict(
        Target.PRIMARY,
        "refused by a replica",
        Kind.OTHER,
        hint,
        sticky,
        statementClass,
        false,
        "");
  }

  /** The more cautious of two readings of one text. */
  Verdict meet(Verdict other) {
    Verdict cautious = replicaAllowed() ? other : this;
    return new Verdict(
        cautious.target,
        cautious.reason,
        kind == other.kind ? kind : Kind.OTHER,
        cautious.hint,
        sticky || other.sticky,
        statementClass.equals(other.statementClass) ? statementClass : "",
        ping && other.ping,
        cautious.explained);
  }
}
