package dev.inmesh.http;

import dev.inmesh.engine.CallPlan;
import dev.inmesh.engine.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of a call that run side by side: who runs, who is a hedge, and whether it is
 * decided. The first good answer decides; before that, of the attempts that end exactly one finds
 * nobody else running, and the call goes on with it. Safe for concurrent use; what belongs together
 * is done holding its monitor, in which nothing waits.
 */
final class Race {

  private final CallPlan plan;
  private final List<HttpAttempt> running = new ArrayList<>(2);
  private final List<HttpAttempt> hedges = new ArrayList<>(1);
  private @Nullable HttpAttempt aside;
  private boolean decided;

  Race(CallPlan plan) {
    this.plan = plan;
  }

  synchronized void begun(HttpAttempt attempt) {
    if (!decided) {
      running.add(attempt);
    }
  }

  /** A further attempt beside those that run; null when there must be none. */
  synchronized <A extends HttpAttempt> @Nullable A hedge(long now, Function<Lease, A> begin) {
    if (decided || running.isEmpty()) {
      return null;
    }
    Lease lease = plan.hedge(now);
    if (lease == null) {
      return null;
    }
    A hedge = begin.apply(lease);
    running.add(hedge);
    hedges.add(hedge);
    return hedge;
  }

  synchronized boolean isRunning(HttpAttempt attempt) {
    return running.contains(attempt);
  }

  synchronized @Nullable HttpAttempt anyRunning() {
    return running.isEmpty() ? null : running.get(0);
  }

  synchronized boolean isHedge(HttpAttempt attempt) {
    return hedges.contains(attempt);
  }

  /** Attempts that followed a failure, and the first. */
  synchronized int inARow() {
    return plan.attempts() - hedges.size();
  }

  /**
   * It has a good answer. The others are stopped, and have lost: no failure of theirs.
   *
   * @return false if another one was first
   */
  boolean win(HttpAttempt winner, long now) {
    List<HttpAttempt> losers;
    HttpAttempt bad;
    synchronized (this) {
      if (!running.remove(winner)) {
        return false;
      }
      losers = end();
      bad = takeAside();
      losers.forEach(loser -> loser.lease().lost(now));
    }
    losers.forEach(HttpAttempt::stop);
    if (bad != null) {
      bad.stop();
    }
    return true;
  }

  /**
   * It is over, and was no good.
   *
   * @param answered whether it has a bad answer, which stands if the others bring none
   * @return whether others run
   */
  synchronized boolean leave(HttpAttempt attempt, boolean answered) {
    running.remove(attempt);
    if (running.isEmpty()) {
      return false;
    }
    if (answered) {
      if (aside != null) {
        aside.stop();
      }
      aside = attempt;
    }
    return true;
  }

  /**
   * It can't be made at all.
   *
   * @return whether others run, which alone go on; else it stays
   */
  synchronized boolean withdraw(HttpAttempt attempt) {
    return running.size() > 1 && running.remove(attempt);
  }

  synchronized @Nullable HttpAttempt takeAside() {
    HttpAttempt taken = aside;
    aside = null;
    return taken;
  }

  /** The call ends without an answer of theirs, and no server is to blame. */
  void abandon(long now) {
    List<HttpAttempt> others;
    HttpAttempt bad;
    synchronized (this) {
      others = end();
      bad = takeAside();
    }
    letGo(others, bad, now);
  }

  /**
   * The same through the doing of one of them, in one step: nobody wins between its end and the
   * call's.
   *
   * @return false if it runs no longer, and nothing has happened
   */
  boolean abandon(HttpAttempt by, long now) {
    List<HttpAttempt> others;
    HttpAttempt bad;
    synchronized (this) {
      if (!running.remove(by)) {
        return false;
      }
      others = end();
      bad = takeAside();
    }
    letGo(others, bad, now);
    return true;
  }

  private static void letGo(List<HttpAttempt> others, @Nullable HttpAttempt bad, long now) {
    for (HttpAttempt other : others) {
      other.lease().ignored(false, now);
      other.stop();
    }
    if (bad != null) {
      bad.stop();
    }
  }

  private List<HttpAttempt> end() {
    decided = true;
    List<HttpAttempt> left = List.copyOf(running);
    running.clear();
    return left;
  }
}
