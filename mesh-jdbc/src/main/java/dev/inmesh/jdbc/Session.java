package dev.inmesh.jdbc;

import dev.inmesh.jdbc.sql.Verdict;
import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Verdict.Target;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Connection;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One logical connection between {@code getConnection} and {@code close}: what binds it to a
 * server, and what was set on it. As a connection, it is for one thread at a time, but {@link
 * #abort} may come from any. Long, since what binds it is looked at by all that it does; what can
 * be told apart from that is in the classes that it has as fields.
 */
final class Session {

  private static final Verdict ANY_SERVER =
      new Verdict(Target.REPLICA, "read", Kind.READ, Hint.NONE, false, "", false, "");
  private static final Set<Object> LEVELS =
      Set.of(
          Connection.TRANSACTION_READ_UNCOMMITTED,
          Connection.TRANSACTION_READ_COMMITTED,
          Connection.TRANSACTION_REPEATABLE_READ,
          Connection.TRANSACTION_SERIALIZABLE);
  private static final Route NO_REPLICA = Route.primary("no replica to be had");

  private final Cluster cluster;
  private final Settings settings = new Settings();
  private final Writes writes;
  private final Holding holding;
  private final SessionTime time;
  private final Turns turns = new Turns();
  private final Connection proxy;

  private @Nullable Facts defaults;
  private boolean inTransaction;
  private boolean sticky;
  private @Nullable Physical holdsState;
  private int bound;

  Session(Cluster cluster, Credentials credentials) {
    this.cluster = cluster;
    this.writes = new Writes(cluster);
    this.holding = new Holding(cluster, credentials, settings, writes);
    this.time = new SessionTime(cluster, holding);
    this.proxy = Proxies.CONNECTION.make(new LogicalConnection(this));
  }

  /** What the user sees of it. */
  Connection proxy() {
    return proxy;
  }

  // ---- what the router asks

  @Nullable Physical current() {
    return holding.current();
  }

  boolean inTransaction() {
    return inTransaction;
  }

  boolean sticky() {
    return sticky || settings.isSerializable();
  }

  /** Whether a read-only transaction has left something behind in the session of a replica. */
  boolean stateIsAtReplica() {
    Physical held = current();
    return held != null && held.replica() && held == holdsState;
  }

  /** Whether another physical connection would end something, or make a third one. */
  boolean inUse() {
    return bound > 0 || holding.isRead();
  }

  boolean autoCommit() {
    return settings.autoCommit(defaults == null || defaults.autoCommit());
  }

  boolean readOnly() {
    return settings.readOnly(defaults != null && defaults.readOnly());
  }

  /** Whether no replica can be known to have what must be seen. */
  boolean writesAreUnknown() {
    return writes.isUnknown();
  }

  boolean isolationSet() {
    return settings.isSet("setTransactionIsolation");
  }

  /** What holds for what isn't set; asked of a server at most once for all sessions. */
  Facts defaults() throws SQLException {
    Facts known = defaults;
    if (known == null) {
      known = cluster.knownFacts();
      known = known == null ? ask() : known;
      defaults = known;
    }
    return known;
  }

  private Facts ask() throws SQLException {
    // Two threads may ask at once: that costs a connection, and a lock would hold up everybody.
    Physical asked = Objects.requireNonNull(holding.inTime(cluster.databases()::openPrimary));
    try {
      return cluster.learn(asked);
    } finally {
      holding.uses(current());
      asked.close();
    }
  }

  // ---- the way to a server

  Verdict verdict(String sql) throws SQLException {
    checkOpen();
    defaults();
    return cluster.verdict(sql);
  }

  /**
   * The connection on which a statement is to be run now.
   *
   * @param hinted what its own text says; another than the verdict for a batch
   * @throws ThrottledException if its server's disk is too slow for it
   */
  Physical execute(Verdict verdict, Verdict hinted, @Nullable String veto, long now)
      throws SQLException {
    Route route = route(verdict, veto);
    boolean before = inTransaction;
    Physical physical = go(route.replica(), now);
    takeTurn(physical, verdict, hinted, before);
    boolean waited = turns.mayHaveWaited();
    if (waited) {
      // The server has nothing to do with that: another attempt begins.
      physical.idles();
    }
    cluster.databases().starts(physical, waited ? System.nanoTime() : now);
    if (physical.replica() == route.replica()) {
      cluster.counts().count(route);
    } else {
      boolean behind = holding.wasBehind() || !cluster.databases().lagging().isEmpty();
      cluster.counts().count(behind ? Router.BEHIND : NO_REPLICA);
    }
    boolean proven = veto == null && verdict.replicaAllowed();
    // A read may write after all, by a view or an operator: of a transaction that nobody declared
    // read-only nothing is believed.
    if (!physical.replica() && (!proven || (inTransaction && !readOnly()))) {
      writes.wrote();
    }
    // Before it runs: it may leave something behind even if it fails.
    if (verdict.sticky() || (verdict.isTransactionControl() && autoCommit())) {
      sticky = true;
      holdsState = physical;
    }
    return physical;
  }

  private void takeTurn(Physical physical, Verdict verdict, Verdict hinted, boolean before)
      throws ThrottledException {
    boolean taken = false;
    try {
      turns.take(physical, verdict, hinted, !autoCommit(), time.leftNanos());
      taken = true;
    } finally {
      if (!taken) {
        // Nothing was run, and nothing is open there that wasn't before.
        inTransaction = before;
        physical.idles();
      }
    }
  }

  /** Whether the statement that runs may have been held back before. */
  boolean mayHaveWaited() {
    return turns.mayHaveWaited();
  }

  /**
   * What {@link #execute} gave a connection for has been run.
   *
   * @param thrown null if it went well
   * @param start when its turn came
   * @param result what it opened that is read in pieces; null for nothing
   */
  void ran(
      Physical physical, @Nullable Throwable thrown, long start, @Nullable LogicalResult result) {
    long now = System.nanoTime();
    // It took at least as long as it was left to run.
    boolean counts = thrown == null || time.isNearlyOver() || Faults.isStopped(thrown);
    turns.over(physical, now - start, counts, result);
    physical.times.record(thrown == null, now - start);
    physical.ran(thrown, inTransaction, now);
    if (thrown != null) {
      cluster.databases().failed(physical, thrown, readOnly());
    }
  }

  /**
   * Whether what failed there wrote, unlike it seemed, and may be run again on the primary: what a
   * replica refuses in autocommit has left nothing behind.
   */
  boolean mayTryAtPrimary(Physical there, Throwable thrown) {
    return there.replica() && autoCommit() && !inTransaction && Faults.isReadOnly(thrown);
  }

  /** What a text that a replica has refused proves from now on. */
  Verdict refused(String sql, Verdict seemed) {
    return cluster.refused(sql, seemed);
  }

  /** The connection on which a statement is to be prepared. */
  Physical prepare(Verdict verdict, @Nullable String veto) throws SQLException {
    boolean replica = route(verdict, veto).replica();
    Physical held = holding.stay(replica, inTransaction);
    if (held != null) {
      inTransaction = inTransaction || !autoCommit();
      return held;
    }
    Physical physical = go(replica, System.nanoTime());
    physical.idles();
    return physical;
  }

  /** The connection that is held; one to any server if there is none. */
  Physical any() throws SQLException {
    Physical held = current();
    return held == null || isClosed() ? prepare(ANY_SERVER, null) : held;
  }

  /** The connection of the transaction that is open, or that begins now. */
  Physical begins() throws SQLException {
    return prepare(ANY_SERVER, null);
  }

  /** The primary's, and there it stays: what comes of it belongs to one physical connection. */
  Physical pinned() throws SQLException {
    checkOpen();
    defaults();
    Physical held = current();
    Physical physical = inTransaction && held != null ? held : go(false, System.nanoTime());
    sticky = true;
    if (!physical.replica()) {
      writes.wrote();
    }
    return physical;
  }

  /** Where a statement would go now, and to which server; nothing is done. */
  Route explain(Verdict verdict) throws SQLException {
    Route route = route(verdict, null);
    Physical held = current();
    boolean atReplica = held != null && held.replica();
    Databases databases = cluster.databases();
    if (!route.replica() || atReplica || databases.nextReplica() != null) {
      return route;
    }
    return databases.lagging().isEmpty() ? NO_REPLICA : Router.BEHIND;
  }

  String server(Route route) {
    Physical held = current();
    if (held != null && held.replica() == route.replica()) {
      return held.database.name();
    }
    Database replica = route.replica() ? cluster.databases().nextReplica() : null;
    return (replica == null ? cluster.databases().primary() : replica).name();
  }

  private Route route(Verdict verdict, @Nullable String veto) throws SQLException {
    checkOpen();
    defaults();
    return cluster.router().decide(verdict, veto, this);
  }

  private Physical go(boolean replica, long now) throws SQLException {
    boolean stuck = inTransaction || sticky() || bound > 0;
    Physical physical = holding.go(replica, stuck, inTransaction, now);
    inTransaction = inTransaction || !autoCommit();
    return physical;
  }

  // ---- time

  /** Whether anything bounds what begins now. */
  boolean isTimed() {
    return time.isLimited();
  }

  /** Runs a step within the time that there is; one that is part of another shares its time. */
  @Nullable Object inTime(Step step) throws Throwable {
    return time.within(current(), step);
  }

  /** One that uses this connection. */
  @Nullable Object inTime(@Nullable Physical used, Step step) throws Throwable {
    return time.within(used, step);
  }

  /** What is run now, for as long as the step that is under way lasts. */
  void runs(Physical there, Statement statement) throws SQLException {
    time.runs(there, statement);
  }

  // ---- what binds it

  /** A batch or a stream has been given to a statement, which must be run where it is. */
  void bind() {
    bound++;
  }

  void unbind() {
    bound--;
  }

  /** A result of the connection is being read no more. */
  void resultEnds(Physical physical) {
    holding.resultEnds(physical);
    physical.letGo(inTransaction && physical == current());
  }

  /** Whether statements of this connection can still be used. */
  boolean holds(@Nullable Physical physical) {
    return holding.holds(physical);
  }

  /** The primary's, for somebody who may do anything with it. */
  Physical unwrapped() throws SQLException {
    Physical physical = pinned();
    turns.unwrapped(!autoCommit());
    return physical;
  }

  /** The transaction is about to be committed. */
  void commitBegins() {
    turns.commitBegins(current());
  }

  /**
   * The commit is over.
   *
   * @param nanos what it took; negative if it failed
   */
  void commitEnds(long nanos) {
    turns.commitEnds(nanos);
  }

  void transactionEnds() {
    inTransaction = false;
    turns.transactionEnds();
    holding.letGo(false);
  }

  // ---- settings

  /** Sets something on the connection that is held, and on every later one. */
  void set(Method method, Object[] args) throws Throwable {
    checkOpen();
    String name = method.getName();
    Physical held = current();
    if (held == null && name.equals("setTransactionIsolation") && !LEVELS.contains(args[0])) {
      // Some drivers have more levels; whether this one has, it must say now.
      held = any();
    }
    boolean atReplica = held != null && held.replica();
    if (name.equals("setReadOnly") && atReplica) {
      if (inTransaction && args[0].equals(false)) {
        throw new SQLException(
            cluster.name() + ": read-only can't be taken back in a transaction", "25001");
      }
      // A replica's session stays read-only, whatever is said of the next statements.
      held = null;
    }
    if (held != null) {
      Call.on(held.raw, method, args);
    }
    boolean before = autoCommit();
    settings.record(method, args);
    if (autoCommit() && !before) {
      transactionEnds();
    }
  }

  // ---- the end

  boolean isClosed() {
    return holding.isClosed();
  }

  void checkOpen() throws SQLException {
    holding.checkOpen();
  }

  /**
   * What was written is written, and nothing more for now: pages that wait to hear up to where are
   * told. Asks nothing if there are none.
   */
  void settles() {
    if (writes.isAwaited()) {
      Physical held = current();
      // What becomes of a transaction that is open is not to be known.
      boolean asks = !inTransaction && !isClosed();
      writes.leaves(asks && held != null && !held.replica() ? held.raw : null);
    }
  }

  void close() throws SQLException {
    settles();
    holding.close();
  }

  void abort(Executor executor) throws SQLException {
    // From any thread; what was written is left unknown, which its pages' reads survive.
    holding.abort(executor);
  }

  /**
   * The logical object in the place of a physical one that leads to others. What a method promises
   * counts, since one object of a driver may be several things: a result and its meta data, say.
   */
  @Nullable Object wrap(
      Method method,
      @Nullable Object answer,
      Physical physical,
      @Nullable LogicalStatement statement) {
    if (answer == null || answer instanceof CharSequence || answer instanceof Number) {
      return answer;
    }
    Class<?> promised = method.getReturnType();
    if (answer instanceof ResultSet result && promised.isAssignableFrom(ResultSet.class)) {
      return LogicalResult.of(this, physical, result, statement);
    }
    if (answer instanceof Array array && promised.isAssignableFrom(Array.class)) {
      return LogicalValue.of(this, physical, array);
    }
    if (answer instanceof Ref ref && promised.isAssignableFrom(Ref.class)) {
      return LogicalValue.of(this, physical, ref);
    }
    if (answer instanceof Statement && promised.isAssignableFrom(Statement.class)) {
      return statement == null ? null : statement.proxy();
    }
    return answer instanceof Connection && promised.isAssignableFrom(Connection.class)
        ? proxy
        : answer;
  }

  @Override
  public String toString() {
    Physical held = current();
    return cluster.name() + (isClosed() ? ", closed" : held == null ? "" : " on " + held.database);
  }
}
