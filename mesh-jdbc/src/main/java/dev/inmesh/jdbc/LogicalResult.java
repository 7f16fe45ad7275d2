package dev.inmesh.jdbc;

import dev.inmesh.jdbc.throttle.Permit;
import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** A result set, whose way back leads to logical objects. */
final class LogicalResult extends Logical {

  private final Session session;
  private final @Nullable Physical physical;
  private final ResultSet raw;
  private final @Nullable LogicalStatement statement;
  private final boolean forwardOnly;
  private final boolean inPieces;
  private final ResultSet proxy;
  private boolean open;
  private boolean finished;

  /** Of the statement that opened it, where it is read in pieces. */
  private @Nullable Permit permit;

  private LogicalResult(
      Session session,
      @Nullable Physical physical,
      ResultSet raw,
      @Nullable LogicalStatement statement,
      boolean forwardOnly,
      boolean inPieces,
      boolean open) {
    this.session = session;
    this.physical = physical;
    this.raw = raw;
    this.statement = statement;
    this.forwardOnly = forwardOnly;
    this.inPieces = inPieces;
    this.open = open;
    this.proxy = Proxies.RESULT.make(this);
    if (open && physical != null) {
      physical.openResults++;
    }
  }

  /** What a statement was executed for: it keeps its connection until it has been read. */
  static LogicalResult opened(
      Session session,
      Physical physical,
      ResultSet raw,
      LogicalStatement statement,
      Placement placement) {
    boolean forwardOnly = placement.isForwardOnly();
    boolean inPieces = placement.fetchesInPieces();
    return new LogicalResult(session, physical, raw, statement, forwardOnly, inPieces, true);
  }

  /** One that leads a life of its own, as generated keys or a cursor. */
  static ResultSet of(
      Session session, Physical physical, ResultSet raw, @Nullable LogicalStatement statement) {
    return new LogicalResult(session, physical, raw, statement, false, false, false).proxy;
  }

  /** Keys that a statement has made: they keep its connection until they have been read. */
  static LogicalResult ofKeys(
      Session session, Physical physical, ResultSet raw, LogicalStatement statement) {
    return new LogicalResult(session, physical, raw, statement, true, false, true);
  }

  /** One of the meta data, which no statement of the user's belongs to. */
  static ResultSet ofMetaData(Session session, Physical physical, ResultSet raw) {
    return new LogicalResult(session, physical, raw, null, true, false, true).proxy;
  }

  /** One that no server has given. */
  static LogicalResult local(Session session, ResultSet raw, LogicalStatement statement) {
    return new LogicalResult(session, null, raw, statement, false, false, false);
  }

  ResultSet proxy() {
    return proxy;
  }

  /** Whether its server still has most of it. */
  boolean isInPieces() {
    return inPieces && open;
  }

  /** It is being read with this permit. */
  void keep(Permit held) {
    permit = held;
  }

  boolean isLocal() {
    return physical == null;
  }

  @Override
  @Nullable Object call(Object self, Method method, Object[] args) throws Throwable {
    switch (method.getName()) {
      case "next" -> {
        return next();
      }
      case "close" -> {
        try {
          finished = false;
          raw.close();
        } finally {
          ends();
        }
        return null;
      }
      case "beforeFirst", "first", "last", "afterLast", "absolute", "relative", "previous" -> {
        // Where a result can be gone back in, there is more of it to read.
        finished = false;
        return Call.on(raw, method, args);
      }
      case "getStatement" -> {
        return statement == null ? null : statement.proxy();
      }
      case "unwrap" -> {
        return unwrap(self, (Class<?>) args[0]);
      }
      case "isWrapperFor" -> {
        return isWrapperFor(self, (Class<?>) args[0]);
      }
      default -> {
        Object answer = Call.on(raw, method, bare(args));
        return physical == null ? answer : session.wrap(method, answer, physical, statement);
      }
    }
  }

  private boolean next() throws Throwable {
    boolean more = !finished && fetch();
    if (!more && forwardOnly) {
      // Nothing more is to be had of it, and not everybody closes what he has read.
      finished = true;
      ends();
    }
    return more;
  }

  private boolean fetch() throws Throwable {
    return (inPieces && session.isTimed())
        ? Boolean.TRUE.equals(session.inTime(physical, this::fetchCancellably))
        : raw.next();
  }

  private Object fetchCancellably() throws SQLException {
    Physical at = Objects.requireNonNull(physical);
    session.runs(at, raw.getStatement());
    try {
      return raw.next();
    } finally {
      at.unbound();
    }
  }

  /** The statement is run again, or closed. */
  void replaced() throws SQLException {
    if (isLocal()) {
      raw.close();
    }
    finished = false;
    ends();
  }

  /** Nothing more is read of it. */
  void ends() {
    if (open && physical != null) {
      open = false;
      Permit held = permit;
      if (held != null) {
        permit = null;
        physical.giveBack(held);
      }
      session.resultEnds(physical);
    }
  }

  @Override
  ResultSet unwrapped() throws SQLException {
    return raw;
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
