package dev.inmesh.jdbc;

import dev.inmesh.jdbc.sql.Verdict;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import java.lang.reflect.Method;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * A statement, prepared or not, over the physical one that it has on the connection that its
 * session holds. When the session has moved, the physical one is made anew where it is now, with
 * all that was set on it.
 */
final class LogicalStatement extends Logical {

  private final Session session;
  private final Method creator;
  private final Object[] creation;
  private final Replay replay = new Replay();

  /** What it was prepared with; null for one that is given a text each time. */
  private final @Nullable Verdict prepared;

  private final @Nullable String veto;
  private final Statement proxy;

  private volatile @Nullable Statement raw;
  private @Nullable Physical physical;
  private @Nullable LogicalResult result;
  private boolean batch;
  private boolean stickyBatch;
  private boolean stream;
  private boolean closed;

  private LogicalStatement(
      Session session, Method creator, Object[] creation, @Nullable Verdict prepared) {
    this.session = session;
    this.creator = creator;
    this.creation = creation;
    this.prepared = prepared;
    this.veto = Veto.ofCreation(creator.getName(), creation);
    this.proxy =
        switch (creator.getName()) {
          case "prepareStatement" -> Proxies.PREPARED.make(this);
          case "prepareCall" -> Proxies.CALLABLE.make(this);
          default -> Proxies.STATEMENT.make(this);
        };
  }

  /** What a logical connection makes of a call of {@code createStatement} and its like. */
  static Statement create(Session session, Method creator, Object[] creation) throws Throwable {
    session.checkOpen();
    if (creator.getName().equals("createStatement")) {
      return new LogicalStatement(session, creator, creation, null).proxy;
    }
    Verdict verdict = session.verdict(String.valueOf(creation[0]));
    LogicalStatement statement = new LogicalStatement(session, creator, creation, verdict);
    if (verdict.kind() != Kind.EXPLAIN_MESH) {
      // At once, so that what is wrong with the text is said where JDBC says it.
      statement.at(session.prepare(verdict, statement.veto));
    }
    return statement.proxy;
  }

  Statement proxy() {
    return proxy;
  }

  @Override
  @Nullable Object call(Object self, Method method, Object[] args) throws Throwable {
    String name = method.getName();
    switch (name) {
      case "executeQuery", "execute", "executeUpdate", "executeLargeUpdate" -> {
        return execute(name, method, args);
      }
      case "executeBatch", "executeLargeBatch" -> {
        return executeBatch(method, args);
      }
      case "close" -> {
        close();
        return null;
      }
      case "isClosed" -> {
        return isClosed();
      }
      case "cancel" -> {
        Statement running = raw;
        return running == null ? null : Call.on(running, method, args);
      }
      default -> {}
    }
    checkOpen();
    return switch (name) {
      case "getConnection" -> session.proxy();
      case "getResultSet" -> result == null ? null : result.proxy();
      case "getMoreResults" -> moreResults(method, args);
      case "getUpdateCount", "getLargeUpdateCount", "getWarnings", "clearWarnings" ->
          afterExecution(method, args);
      case "addBatch" -> addBatch(method, args);
      case "clearBatch" -> {
        Object answer = batch ? forward(method, args) : null;
        batchEnds();
        yield answer;
      }
      case "clearParameters" -> {
        replay.clearParameters();
        streamEnds();
        yield forward(method, args);
      }
      case "unwrap" -> unwrap(self, (Class<?>) args[0]);
      case "isWrapperFor" -> isWrapperFor(self, (Class<?>) args[0]);
      default -> Replay.records(name) ? set(name, method, args) : forward(method, args);
    };
  }

  // ---- running it

  private @Nullable Object execute(String name, Method method, Object[] args) throws Throwable {
    checkOpen();
    endResult();
    Verdict verdict = prepared;
    if (prepared == null) {
      verdict = session.verdict(String.valueOf(args[0]));
    }
    if (verdict == null || verdict.kind() == Kind.EXPLAIN_MESH) {
      return explain(name, verdict);
    }
    String demand = veto == null ? Veto.ofExecution(name, args) : veto;
    Physical there = session.execute(verdict, demand);
    try {
      Object answer = run(at(there), name, method, args);
      session.ran(there, null);
      return answer;
    } catch (Throwable e) {
      session.ran(there, e);
      throw e;
    } finally {
      streamEnds();
    }
  }

  private @Nullable Object run(Statement target, String name, Method method, Object[] args)
      throws Throwable {
    if (args.length == 0 && name.equals("executeQuery")) {
      return open(((PreparedStatement) target).executeQuery());
    }
    Object answer = Call.on(target, method, args);
    if (answer instanceof ResultSet rows) {
      return open(rows);
    }
    if (answer instanceof Boolean isResult && isResult) {
      open(target.getResultSet());
    }
    return answer;
  }

  private @Nullable Object explain(String name, @Nullable Verdict verdict) throws SQLException {
    if (!name.startsWith("executeQuery") && !name.equals("execute")) {
      throw new SQLException("EXPLAIN MESH gives a result: use executeQuery", "07003");
    }
    String explained = verdict == null ? "" : verdict.explained();
    Route route = session.explain(session.verdict(explained));
    ResultSet row = Explanation.of(proxy, route.target(), session.server(route), route.reason());
    LogicalResult local = LogicalResult.local(session, row, this);
    result = local;
    return name.equals("execute") ? true : local.proxy();
  }

  private @Nullable Object open(@Nullable ResultSet rows) throws SQLException {
    Physical at = physical;
    if (rows == null || at == null) {
      return null;
    }
    LogicalResult opened = LogicalResult.opened(session, at, rows, this, forwardOnly());
    result = opened;
    return opened.proxy();
  }

  private boolean forwardOnly() {
    return Veto.isForwardOnly(creator.getName(), creation);
  }

  private Object moreResults(Method method, Object[] args) throws Throwable {
    boolean keeps = args.length == 1 && args[0].equals(Statement.KEEP_CURRENT_RESULT);
    if (!keeps) {
      endResult();
    }
    result = null;
    Statement live = live();
    if (live == null) {
      return false;
    }
    boolean more = Boolean.TRUE.equals(Call.on(live, method, args));
    if (more) {
      open(live.getResultSet());
    }
    return more;
  }

  private @Nullable Object afterExecution(Method method, Object[] args) throws Throwable {
    Statement live = result != null && result.isLocal() ? null : live();
    if (live != null) {
      return Call.on(live, method, args);
    }
    return switch (method.getName()) {
      case "getUpdateCount" -> -1;
      case "getLargeUpdateCount" -> -1L;
      default -> null;
    };
  }

  private @Nullable Object addBatch(Method method, Object[] args) throws Throwable {
    Verdict verdict = args.length == 0 ? prepared : session.verdict(String.valueOf(args[0]));
    if (verdict == null) {
      // A text is missing: the driver says so.
      return forward(method, args);
    }
    Object answer = Call.on(at(session.prepare(verdict, Veto.BATCH)), method, bare(args));
    if (!batch) {
      batch = true;
      session.bind();
    }
    stickyBatch |= verdict.sticky();
    return answer;
  }

  private @Nullable Object executeBatch(Method method, Object[] args) throws Throwable {
    checkOpen();
    endResult();
    Physical there = session.execute(stickyBatch ? Veto.STICKY : Veto.WRITE, Veto.BATCH);
    try {
      Object counts = Call.on(at(there), method, args);
      session.ran(there, null);
      return counts;
    } catch (Throwable e) {
      session.ran(there, e);
      throw e;
    } finally {
      batchEnds();
    }
  }

  private void batchEnds() {
    streamEnds();
    stickyBatch = false;
    if (batch) {
      batch = false;
      session.unbind();
    }
  }

  private void streamEnds() {
    if (stream) {
      stream = false;
      session.unbind();
    }
  }

  // ---- the physical statement

  private @Nullable Object set(String name, Method method, Object[] args) throws Throwable {
    bare(args);
    Statement live = live();
    if (live == null && prepared != null && prepared.kind() != Kind.EXPLAIN_MESH) {
      live = at(session.prepare(prepared, veto));
    }
    Object answer = live == null ? null : Call.on(live, method, args);
    replay.record(name, method, args);
    if (!stream && Replay.isStream(args)) {
      stream = true;
      session.bind();
    }
    return answer;
  }

  private @Nullable Object forward(Method method, Object[] args) throws Throwable {
    Statement live = live();
    Statement target = live == null ? at(somewhere()) : live;
    Object answer = Call.on(target, method, args);
    Physical at = physical;
    return at == null ? answer : session.wrap(answer, at, this);
  }

  private Physical somewhere() throws SQLException {
    return prepared == null ? session.any() : session.prepare(prepared, veto);
  }

  /** The physical statement, if it is still of use. */
  private @Nullable Statement live() {
    return session.holds(physical) ? raw : null;
  }

  private Statement at(Physical there) throws SQLException {
    Statement known = raw;
    if (known != null && physical == there) {
      return known;
    }
    Statement left = live();
    if (left != null) {
      // With it goes what it was read from, and maybe the connection that lingered for that.
      left.close();
      endResult();
    }
    try {
      Statement made = (Statement) Call.on(there.raw, creator, creation);
      if (made == null) {
        throw new SQLException("the driver made no statement");
      }
      replay.on(made);
      raw = made;
      physical = there;
      return made;
    } catch (SQLException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new SQLException(e);
    }
  }

  @Override
  Statement unwrapped() throws SQLException {
    // Whoever has it may do anything with it.
    return at(session.pinned());
  }

  // ---- the end

  private void endResult() throws SQLException {
    LogicalResult open = result;
    result = null;
    if (open != null) {
      open.replaced();
    }
  }

  private void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    Statement live = live();
    try {
      if (live != null) {
        live.close();
      }
    } finally {
      batchEnds();
      endResult();
    }
  }

  private boolean isClosed() throws SQLException {
    if (closed || session.isClosed()) {
      return true;
    }
    Statement live = live();
    return live != null && live.isClosed();
  }

  private void checkOpen() throws SQLException {
    session.checkOpen();
    if (closed) {
      throw new SQLException("statement is closed", "HY010");
    }
  }

  @Override
  public String toString() {
    Statement live = raw;
    return live == null ? "statement of " + session : live.toString();
  }
}
