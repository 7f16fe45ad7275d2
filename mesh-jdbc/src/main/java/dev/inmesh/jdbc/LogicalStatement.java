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
 * session holds. Long, since an object of its own for results would be one more for each statement.
 */
final class LogicalStatement extends Logical {

  private final Session session;
  private final Placement placement;

  /** What it was prepared with; null for one that is given a text each time. */
  private @Nullable Verdict prepared;

  private final Statement proxy;

  /** Null until there is something for the first time. */
  private @Nullable Pending pending;

  private @Nullable LogicalResult result;

  private boolean closed;

  private LogicalStatement(
      Session session, Method creator, Object[] creation, @Nullable Verdict prepared) {
    this.session = session;
    this.placement = new Placement(creator, creation);
    this.prepared = prepared;
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
      Statement unused = statement.prepare();
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
        return session.isTimed()
            ? session.inTime(() -> execute(name, method, args))
            : execute(name, method, args);
      }
      case "executeBatch", "executeLargeBatch" -> {
        return session.inTime(() -> executeBatch(method, args));
      }
      case "close" -> {
        close();
        return null;
      }
      case "isClosed" -> {
        return isClosed();
      }
      case "cancel" -> {
        // Not one that was left: somebody else may have its connection by now.
        Statement running = placement.live(session);
        return running == null ? null : Call.on(running, method, args);
      }
      default -> {}
    }
    checkOpen();
    return switch (name) {
      case "getConnection" -> session.proxy();
      case "getResultSet" -> result == null ? null : result.proxy();
      case "getGeneratedKeys" -> generatedKeys(method, args);
      case "getMoreResults" -> moreResults(method, args);
      case "getUpdateCount", "getLargeUpdateCount", "getWarnings", "clearWarnings" ->
          afterExecution(method, args);
      case "addBatch" -> addBatch(method, args);
      case "clearBatch" -> clearBatch(method, args);
      case "clearParameters" -> {
        placement.clearParameters();
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
    outcomeEnds();
    Verdict verdict = prepared;
    if (prepared == null || args.length > 0) {
      // Some drivers let a prepared statement be given another text.
      verdict = session.verdict(String.valueOf(args[0]));
    }
    if (verdict == null || verdict.kind() == Kind.EXPLAIN_MESH) {
      return explain(name, verdict);
    }
    String made = placement.veto();
    String demand = made == null ? Veto.ofExecution(name, args) : made;
    // A stream can't be read a second time.
    boolean repeatable = pending == null || !pending.hasStream();
    Physical held = session.current();
    long begin = System.nanoTime();
    Physical there = session.execute(verdict, verdict, demand, begin);
    boolean atOnce = there == held && !session.mayHaveWaited();
    long start = atOnce ? begin : System.nanoTime();
    try {
      return runAt(there, start, name, method, args);
    } catch (SQLException e) {
      if (!repeatable || !session.mayTryAtPrimary(there, e)) {
        throw e;
      }
      Verdict write = refused(verdict, args);
      Physical primary = session.execute(write, write, demand, System.nanoTime());
      return runAt(primary, System.nanoTime(), name, method, args);
    }
  }

  /** It writes, then, and goes to the primary from now on. */
  private Verdict refused(Verdict seemed, Object[] args) {
    boolean own = prepared != null && args.length == 0;
    Verdict write = session.refused(own ? placement.text() : String.valueOf(args[0]), seemed);
    if (own) {
      prepared = write;
    }
    return write;
  }

  private @Nullable Object runAt(
      Physical there, long start, String name, Method method, Object[] args) throws Throwable {
    Throwable thrown = null;
    try {
      Statement target = at(there);
      session.runs(there, target);
      Object answer = run(target, name, method, args);
      if (Veto.leavesOutcome(placement.veto(), args)) {
        pending().outcome();
      }
      return answer;
    } catch (Throwable e) {
      thrown = e;
      throw e;
    } finally {
      LogicalResult opened = result;
      boolean streams = thrown == null && opened != null && opened.isInPieces();
      session.ran(there, thrown, start, streams ? opened : null);
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
    ResultSet row = Explanation.of(session, proxy, explained);
    LogicalResult local = LogicalResult.local(session, row, this);
    result = local;
    return name.equals("execute") ? true : local.proxy();
  }

  // ---- batches, and streams

  private Pending pending() {
    Pending known = pending;
    if (known == null) {
      known = new Pending(session);
      pending = known;
    }
    return known;
  }

  private @Nullable Object addBatch(Method method, Object[] args) throws Throwable {
    Verdict verdict = args.length == 0 ? prepared : session.verdict(String.valueOf(args[0]));
    if (verdict == null) {
      // A text is missing: the driver says so.
      return forward(method, args);
    }
    Object answer = Call.on(at(session.prepare(verdict, Veto.BATCH)), method, bare(args));
    boolean begins = verdict.isTransactionControl() && session.autoCommit();
    pending().batch(verdict.sticky() || begins);
    return answer;
  }

  private @Nullable Object clearBatch(Method method, Object[] args) throws Throwable {
    Statement live = placement.live(session);
    if (live != null) {
      Object unused = Call.on(live, method, args);
    }
    pending().batchEnds();
    return null;
  }

  private @Nullable Object executeBatch(Method method, Object[] args) throws Throwable {
    checkOpen();
    endResult();
    outcomeEnds();
    Verdict batch = pending().ofBatch();
    Verdict hinted = prepared == null ? batch : prepared;
    Physical there = session.execute(batch, hinted, Veto.BATCH, System.nanoTime());
    long start = System.nanoTime();
    Throwable thrown = null;
    try {
      Statement target = at(there);
      session.runs(there, target);
      Object answer = Call.on(target, method, args);
      if (Veto.leavesOutcome(placement.veto(), args)) {
        pending().outcome();
      }
      return answer;
    } catch (Throwable e) {
      thrown = e;
      throw e;
    } finally {
      session.ran(there, thrown, start, null);
      pending().batchEnds();
    }
  }

  private void streamEnds() {
    if (pending != null) {
      pending.streamEnds();
    }
  }

  private void outcomeEnds() {
    if (pending != null) {
      pending.outcomeEnds();
    }
  }

  // ---- results

  private @Nullable ResultSet open(@Nullable ResultSet rows) {
    Physical at = placement.physical();
    if (rows == null || at == null) {
      return null;
    }
    LogicalResult opened = LogicalResult.opened(session, at, rows, this, placement);
    result = opened;
    return opened.proxy();
  }

  private Object moreResults(Method method, Object[] args) throws Throwable {
    int mode = args.length == 1 ? (int) args[0] : Statement.CLOSE_CURRENT_RESULT;
    switch (mode) {
      case Statement.KEEP_CURRENT_RESULT -> keep(result);
      case Statement.CLOSE_ALL_RESULTS -> endResult();
      default -> endCurrent();
    }
    result = null;
    Statement live = placement.live(session);
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
    Statement live = result != null && result.isLocal() ? null : placement.live(session);
    if (live != null) {
      return Call.on(live, method, args);
    }
    return switch (method.getName()) {
      case "getUpdateCount" -> -1;
      case "getLargeUpdateCount" -> -1L;
      default -> null;
    };
  }

  private @Nullable Object generatedKeys(Method method, Object[] args) throws Throwable {
    Statement live = placement.live(session);
    Object answer = Call.on(live == null ? prepare() : live, method, args);
    Physical at = placement.physical();
    if (!(answer instanceof ResultSet rows) || at == null) {
      return null;
    }
    LogicalResult keys = LogicalResult.ofKeys(session, at, rows, this);
    keep(keys);
    if (!placement.isCall()) {
      outcomeEnds();
    }
    return keys.proxy();
  }

  private void keep(@Nullable LogicalResult open) {
    if (open != null) {
      pending().keep(open);
    }
  }

  /** Ends all results that the statement has given. */
  private void endResult() throws SQLException {
    if (pending != null) {
      pending.endKept();
    }
    endCurrent();
  }

  private void endCurrent() throws SQLException {
    LogicalResult open = result;
    result = null;
    if (open != null) {
      open.replaced();
    }
  }

  // ---- the physical statement

  private @Nullable Object set(String name, Method method, Object[] args) throws Throwable {
    bare(args);
    Statement live = placement.live(session);
    if (live == null && prepared != null && prepared.kind() != Kind.EXPLAIN_MESH) {
      live = prepare();
    }
    Object answer = live == null ? null : Call.on(live, method, args);
    placement.record(name, method, args);
    if (Replay.isStream(args)) {
      pending().stream();
    }
    return answer;
  }

  private @Nullable Object forward(Method method, Object[] args) throws Throwable {
    Statement live = placement.live(session);
    Statement target = live == null ? prepare() : live;
    Object answer = Call.on(target, method, args);
    Physical at = placement.physical();
    return at == null ? answer : session.wrap(method, answer, at, this);
  }

  /** The physical one where the text may run, or anywhere if there is no text yet. */
  private Statement prepare() throws SQLException {
    return at(prepared == null ? session.any() : session.prepare(prepared, placement.veto()));
  }

  private Statement at(Physical there) throws SQLException {
    Statement last = placement.last();
    if (last != null && placement.is(there)) {
      return last;
    }
    if (pending != null && pending.hasBatch()) {
      throw new SQLException(
          "the batch was given to a server that the connection has left: give it anew", "HY010");
    }
    Statement left = placement.live(session);
    if (left != null) {
      // With it goes what it was read from, and maybe the connection that lingered for that.
      left.close();
      endResult();
    }
    return placement.make(there);
  }

  @Override
  Statement asked() throws SQLException {
    Statement live = placement.live(session);
    return live == null ? prepare() : live;
  }

  @Override
  Statement unwrapped() throws SQLException {
    // Whoever has it may do anything with it.
    return at(session.unwrapped());
  }

  // ---- the end

  private void close() throws SQLException {
    if (closed) {
      return;
    }
    closed = true;
    Statement live = placement.live(session);
    try {
      if (live != null) {
        live.close();
      }
    } finally {
      if (pending != null) {
        pending.batchEnds();
        pending.outcomeEnds();
      }
      endResult();
    }
  }

  private boolean isClosed() throws SQLException {
    if (closed || session.isClosed()) {
      return true;
    }
    Statement live = placement.live(session);
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
    Statement last = placement.last();
    return last == null ? "statement of " + session : last.toString();
  }
}
