package dev.inmesh.jdbc;

import dev.inmesh.engine.EngineHost;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out who the primary is while the one that was is suspected to be gone: asks all servers
 * again and again, and takes the one that says it is the primary, if it is the only one and the
 * present one doesn't say so itself. Afterwards it asks the one before until that follows.
 *
 * <p>Has a thread only as long as there is something to ask. Safe for concurrent use.
 */
final class Failover implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(MeshDataSource.class);

  /** How often servers are asked while the primary is suspected. */
  private static final long SUSPECTING_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  /** How often, after a minute of that, and as long as the primary before is out. */
  private static final long WATCHING_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final long LONG_NANOS = TimeUnit.MINUTES.toNanos(1);

  /**
   * A server that neither answers nor refuses may only be slow: so many rounds in which one was
   * silent must go by, 0.75 s at first, before another one is believed that says it is the primary.
   * In rounds, so that a stop of this process is nobody's silence.
   */
  private static final int SILENT_ROUNDS = 2;

  private final String name;
  private final EngineHost host;
  private final Databases databases;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition news = lock.newCondition();

  /** Read without the lock by those who fail. */
  private volatile boolean suspects;

  private boolean running;
  private volatile boolean closed;
  private String reason = "";
  private long since;

  // Of the thread that asks.
  private final Map<String, CompletableFuture<Standing>> asked = new HashMap<>();

  /** Those that were primaries beside a primary: they are none of this database's. */
  private final Set<String> strangers = new HashSet<>();

  /** Rounds with a silent server, since there is a suspicion. */
  private int silentRounds;

  private String said = "";

  Failover(String name, EngineHost host, Databases databases) {
    this.name = name;
    this.host = host;
    this.databases = databases;
  }

  boolean suspects() {
    return suspects;
  }

  /** The primary may be gone. */
  void suspect(Database primary, String why) {
    if (suspects || primary != databases.primary()) {
      return;
    }
    lock.lock();
    try {
      if (suspects || closed) {
        return;
      }
      suspects = true;
      reason = why;
      since = System.nanoTime();
      news.signalAll();
      if (!running) {
        running = true;
        host.threads().execute(this::run);
      }
    } catch (RejectedExecutionException | OutOfMemoryError e) {
      // The mesh is closed, or there is no thread for it: the next failure tries again.
      running = false;
      suspects = false;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (true) {
      try {
        ask();
      } catch (RuntimeException | Error e) {
        log.warn("{}: asking who is the primary failed", name, e);
      }
      lock.lock();
      try {
        if (closed || (!suspects && databases.lineup().outside().isEmpty())) {
          running = false;
          return;
        }
        boolean eager = suspects && System.nanoTime() - since < LONG_NANOS;
        pause(eager ? SUSPECTING_NANOS : WATCHING_NANOS);
      } finally {
        lock.unlock();
      }
    }
  }

  /** Until somebody suspects or closes, at most so long. */
  private void pause(long nanos) {
    boolean suspected = suspects;
    try {
      long left = nanos;
      while (left > 0 && !closed && suspects == suspected) {
        left = news.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      // The threads are being ended, with the mesh.
      closed = true;
    }
  }

  // ---- one round

  private void ask() {
    Lineup lineup = databases.lineup();
    List<Database> all = new ArrayList<>(lineup.replicas());
    all.add(lineup.primary());
    for (Database server : all) {
      CompletableFuture<Standing> before = asked.get(server.name());
      // One that has not answered yet is not asked a second time.
      if (before == null || before.isDone()) {
        asked.put(
            server.name(), Asking.of(server, databases.credentials(), host.threads(), Inquiry::of));
      }
    }
    awaitAnswers(all);
    if (!closed) {
      judge(lineup);
    }
  }

  private void awaitAnswers(List<Database> all) {
    CompletableFuture<?>[] answers =
        all.stream().map(s -> asked.get(s.name())).toArray(CompletableFuture<?>[]::new);
    try {
      CompletableFuture.allOf(answers).get(SUSPECTING_NANOS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      // The threads are being ended, with the mesh.
      close();
    } catch (Exception e) {
      // Who failed, or hasn't answered, is looked at one by one.
    }
  }

  private void judge(Lineup lineup) {
    Database primary = lineup.primary();
    Standing present = answer(primary);
    List<Database> others = lineup.replicas().stream().filter(this::isPrimary).toList();
    if (present != null && present.isPrimary()) {
      others.forEach(other -> strangers.add(other.name()));
      confirmed(primary, others);
    } else if (suspects) {
      boolean silence = isSilent(primary) || lineup.replicas().stream().anyMatch(this::isSilent);
      if (!silence || ++silentRounds >= SILENT_ROUNDS) {
        choose(primary, present, others);
      }
    }
    rejoin(lineup);
  }

  private @Nullable Standing answer(Database server) {
    CompletableFuture<Standing> answer = asked.get(server.name());
    try {
      return answer == null ? null : answer.getNow(null);
    } catch (CompletionException e) {
      return null;
    }
  }

  private boolean isPrimary(Database server) {
    Standing standing = answer(server);
    return standing != null && standing.isPrimary();
  }

  private boolean isSilent(Database server) {
    CompletableFuture<Standing> answer = asked.get(server.name());
    return answer != null && !answer.isDone();
  }

  /** It is there. */
  private void confirmed(Database primary, List<Database> others) {
    if (!others.isEmpty()) {
      say(
          name
              + ": "
              + others
              + " can be written to beside "
              + primary
              + ", which stays the primary: two histories may have begun; stop one of them");
    }
    cleared();
  }

  private void cleared() {
    silentRounds = 0;
    suspects = false;
  }

  private void choose(Database primary, @Nullable Standing present, List<Database> others) {
    if (others.isEmpty()) {
      return;
    }
    List<Database> known = others.stream().filter(s -> !strangers.contains(s.name())).toList();
    if (known.size() != 1 || others.size() != 1) {
      say(
          name
              + ": "
              + primary
              + " is gone ("
              + reason
              + "), but it isn't clear who takes its place: "
              + others
              + " can be written to; stop all but one of them");
      return;
    }
    Database next = known.get(0);
    databases.promote(next);
    cleared();
    say(
        name
            + ": the primary is "
            + next
            + " now, which says so ("
            + standing(next)
            + "); "
            + primary
            + " was it: "
            + (present == null ? reason : reason + "; now " + present.reason())
            + ", suspected "
            + (System.nanoTime() - since) / 1_000_000
            + " ms ago");
  }

  private String standing(Database server) {
    Standing answer = answer(server);
    return answer == null ? "" : answer.reason();
  }

  /** A primary of before that follows now is a replica; one that doesn't is left alone. */
  private void rejoin(Lineup lineup) {
    for (Database server : lineup.replicas()) {
      Standing answer = lineup.outside().contains(server.name()) ? answer(server) : null;
      if (answer != null && answer.isReplica()) {
        strangers.remove(server.name());
        databases.rejoin(server);
        log.info("{}: {} is back, as a replica", name, server);
      }
    }
  }

  /** Once, until there is something else to say. */
  private void say(String words) {
    String text = words.replaceAll("suspected \\d+ ms ago", "");
    if (!text.equals(said)) {
      said = text;
      log.warn("{}", words);
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      news.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
