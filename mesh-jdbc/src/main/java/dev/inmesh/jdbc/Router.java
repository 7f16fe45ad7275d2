package dev.inmesh.jdbc;

import dev.inmesh.jdbc.sql.Verdict;
import dev.inmesh.jdbc.sql.Verdict.Hint;
import org.jspecify.annotations.Nullable;

/**
 * Decides where a statement goes. Each rule stands before those that it overrules; what no rule
 * sends to a replica goes to the primary. Immutable.
 */
final class Router {

  private static final Route OFF = Route.primary("routing off");
  private static final Route NO_REPLICAS = Route.primary("no replicas");
  private static final Route BOUND_TO_PRIMARY = Route.primary("in transaction");
  private static final Route BOUND_TO_REPLICA = Route.replica("in transaction");
  private static final Route STICKY = Route.primary("session state before");
  private static final Route KEPT_BY_SESSION = Route.replica("session state before");
  private static final Route IN_USE = Route.primary("in use");

  /** Also where it shows only when a replica is asked. */
  static final Route BEHIND = Route.primary("replica behind");

  private static final Route READ = Route.replica("read");
  private static final Route DECLARED = Route.replica("read-only");
  private static final Route NOT_DECLARED = Route.primary("not read-only");

  private final ReadRouting mode;
  private final boolean hasReplicas;

  Router(ReadRouting mode, boolean hasReplicas) {
    this.mode = mode;
    this.hasReplicas = hasReplicas;
  }

  /**
   * Where a statement goes.
   *
   * @param verdict what its text proves
   * @param veto why the way in which it is run demands the primary; null if it doesn't
   */
  Route decide(Verdict verdict, @Nullable String veto, Session session) {
    Physical held = session.current();
    boolean bound = held != null && session.inTransaction();
    if (held != null && bound && held.replica()) {
      // Before all others: routing may have been turned off since it began.
      return BOUND_TO_REPLICA;
    }
    if (mode == ReadRouting.OFF) {
      return OFF;
    }
    if (!hasReplicas) {
      return NO_REPLICAS;
    }
    if (bound) {
      return BOUND_TO_PRIMARY;
    }
    boolean mayRead = veto == null && (session.readOnly() ? readsAtMost(verdict) : reads(verdict));
    if (session.sticky()) {
      // What a read-only transaction left behind in a replica's session is still there.
      return mayRead && session.stateIsAtReplica() ? KEPT_BY_SESSION : STICKY;
    }
    if (veto != null) {
      return Route.primary(veto);
    }
    if (!mayRead) {
      return Route.primary(verdict.reason());
    }
    if (!session.readOnly() && !session.autoCommit()) {
      return BOUND_TO_PRIMARY;
    }
    boolean declared = session.readOnly();
    if (!declared && mode == ReadRouting.READONLY && verdict.hint() != Hint.REPLICA) {
      return NOT_DECLARED;
    }
    if (session.inUse()) {
      return IN_USE;
    }
    if (session.writesAreUnknown()) {
      return BEHIND;
    }
    if (declared) {
      return DECLARED;
    }
    return verdict.hint() == Hint.REPLICA ? Route.replica(verdict.reason()) : READ;
  }

  private static boolean reads(Verdict verdict) {
    return verdict.replicaAllowed();
  }

  /** Where the user vouches for it: nothing speaks against it but functions that nobody knows. */
  private static boolean readsAtMost(Verdict verdict) {
    return verdict.replicaAllowed() || verdict.callsUnknownFunctions();
  }
}
