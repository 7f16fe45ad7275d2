package dev.inmesh.registry;

import dev.inmesh.config.RegistrySettings;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one server registered for as long as it is healthy: a thread compares what the registry
 * should list with what it was last told, and tells it. Whatever goes wrong, the next comparison
 * mends it. Safe for concurrent use.
 */
public final class Registrant {

  /** What a registry lists of a server. */
  public enum Listed {
    /** Nobody here knows: it was not told yet, or doesn't answer. */
    UNKNOWN,
    /** The server. */
    PLAIN,
    /** The server, with {@code drain}. */
    DRAINED,
    /** Nothing. */
    NOTHING
  }

  /** What is wanted; only ever a later one. */
  private enum Wish {
    SERVE,
    DRAIN,
    LEAVE
  }

  private static final Logger log = LoggerFactory.getLogger(Registrant.class);

  /** How long the end waits for a registry that doesn't answer: once to drain, once to leave. */
  private static final long LONGEST_ANSWER_NANOS = 2_000_000_000L;

  private static final long LONGEST_JOIN_MILLIS = 2_000;
  private static final long NOTHING_DUE_NANOS = TimeUnit.HOURS.toNanos(1);

  private final RegistrySettings registry;
  private final Registrar registrar;
  private final String service;
  private final ServerEntry entry;
  private final HealthCheck health;
  private final long renewalNanos;
  private final Backoff backoff = new Backoff(() -> ThreadLocalRandom.current().nextDouble());
  private final Thread thread;

  // All below is guarded by this.
  private Wish wish = Wish.SERVE;
  private Listed listed = Listed.UNKNOWN;
  private boolean ended;
  private boolean away;
  private String trouble = "";

  /** Whether clients may see the server as one that serves, and when that ended. */
  private boolean maybePlain;

  private boolean wasPlain;
  private long plainUntil;

  /**
   * Starts nothing yet.
   *
   * @param entry without {@code drain}
   * @param health asked by the thread, once in a period
   */
  public Registrant(
      RegistrySettings registry,
      Registrar registrar,
      String service,
      ServerEntry entry,
      BooleanSupplier health,
      Duration period) {
    this.registry = registry;
    this.registrar = registrar;
    this.service = service;
    this.entry = entry;
    this.health = new HealthCheck(name(), health, period.toNanos());
    this.renewalNanos = registrar.renewal().toNanos();
    // Nothing of whoever happens to register: no inherited thread-locals.
    this.thread = new Thread(null, this::run, "inmesh-registration-" + service, 0, false);
    thread.setContextClassLoader(Registrant.class.getClassLoader());
    thread.setDaemon(true);
  }

  /** Begins to register, in another thread. */
  public void start() {
    thread.start();
  }

  private void run() {
    long renewAt = System.nanoTime();
    boolean well = false;
    while (true) {
      Wish now = wish();
      if (now == Wish.SERVE) {
        well = health.isWell();
      }
      Listed target = target(now, well);
      boolean isDue = target != Listed.NOTHING && renewAt - System.nanoTime() <= 0;
      boolean failed = false;
      if (isDue || target != listed()) {
        failed = !say(target);
        renewAt = System.nanoTime() + renewalNanos;
      }
      long wait = now == Wish.SERVE ? health.leftNanos() : NOTHING_DUE_NANOS;
      if (failed) {
        wait = backoff.nextNanos();
      } else if (target != Listed.NOTHING) {
        wait = Math.min(wait, renewAt - System.nanoTime());
      }
      if (!pause(now, wait)) {
        return;
      }
    }
  }

  private synchronized Wish wish() {
    return wish;
  }

  private Listed target(Wish now, boolean well) {
    if (!well || now == Wish.LEAVE) {
      return Listed.NOTHING;
    }
    if (now == Wish.SERVE) {
      return Listed.PLAIN;
    }
    return registrar.canDrain() ? Listed.DRAINED : Listed.NOTHING;
  }

  /** Tells the registry, and returns whether it has understood. */
  private boolean say(Listed target) {
    try {
      switch (target) {
        case PLAIN -> {
          mayBePlain();
          registrar.register(service, entry);
        }
        case DRAINED -> registrar.register(service, entry.with("drain"));
        default -> registrar.deregister(service, entry);
      }
      understood(target);
      return true;
    } catch (InterruptedException e) {
      failed("interrupted");
    } catch (Throwable e) {
      // Whatever it is, a missing class too: the thread must live.
      String message = e.getMessage();
      failed(message == null || message.isBlank() ? e.getClass().getSimpleName() : message);
    }
    return false;
  }

  private synchronized void mayBePlain() {
    maybePlain = true;
  }

  private synchronized void understood(Listed target) {
    backoff.reset();
    if (maybePlain && target != Listed.PLAIN) {
      maybePlain = false;
      wasPlain = true;
      plainUntil = System.nanoTime();
    }
    boolean isNews = listed != target;
    listed = target;
    away = false;
    trouble = "";
    notifyAll();
    if (isNews) {
      log.info("{}", this);
    }
  }

  private synchronized void failed(String reason) {
    // It may have come to pass all the same.
    listed = Listed.UNKNOWN;
    trouble = registry.shown(reason);
    if (!away && !ended) {
      away = true;
      log.warn("{}; trying again", this);
    }
  }

  /** Waits for another wish, or so long; returns whether to go on. */
  private synchronized boolean pause(Wish known, long nanos) {
    long end = System.nanoTime() + nanos;
    try {
      for (long left = nanos; left > 0 && wish == known && !isOver(); ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = end - System.nanoTime();
      }
    } catch (InterruptedException e) {
      // The end is what interrupts; it is seen at once.
    }
    return !isOver();
  }

  private boolean isOver() {
    return ended || (wish == Wish.LEAVE && listed == Listed.NOTHING);
  }

  /** From now on the server is to be drained. Waits for nothing. */
  public void drain() {
    want(Wish.DRAIN);
  }

  private synchronized void want(Wish next) {
    if (next.compareTo(wish) > 0) {
      wish = next;
      notifyAll();
    }
  }

  /**
   * Drains the server, waits until clients have had so long to see that, takes it away and ends the
   * thread. Waits for nothing that nobody could see, and 4 seconds at most for a registry that
   * doesn't answer. An interrupt ends the waiting and not the rest, and stays set.
   */
  public void leave(Duration drainFor) {
    boolean interrupted;
    synchronized (this) {
      if (ended) {
        return;
      }
      interrupted = Thread.interrupted();
      want(Wish.DRAIN);
      interrupted |= !await(() -> !maybePlain, interrupted ? 0 : LONGEST_ANSWER_NANOS);
      if (!maybePlain && wasPlain && !interrupted) {
        long left = plainUntil + drainFor.toNanos() - System.nanoTime();
        interrupted = !await(() -> ended, left);
      }
      want(Wish.LEAVE);
      interrupted |= !await(() -> listed == Listed.NOTHING, LONGEST_ANSWER_NANOS);
      if (listed != Listed.NOTHING && !ended) {
        log.warn("{}; it stays there until it expires", this);
      }
      ended = true;
      notifyAll();
    }
    close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for a condition, so long at most; returns false when it was interrupted. */
  private boolean await(BooleanSupplier condition, long nanos) {
    long end = System.nanoTime() + nanos;
    try {
      for (long left = nanos; left > 0 && !condition.getAsBoolean(); ) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
        left = end - System.nanoTime();
      }
      return true;
    } catch (InterruptedException e) {
      return false;
    }
  }

  private void close() {
    thread.interrupt();
    try {
      registrar.close();
    } catch (RuntimeException e) {
      log.warn("{}: closing failed: {}", name(), registry.shown(e.toString()));
    }
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      // Not for ever: a health check may not hear an interrupt.
      thread.join(LONGEST_JOIN_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Whether it is for the same place in the same registry. */
  public boolean isOf(String id, String name, ServerEntry other) {
    return registry.id().equals(id)
        && service.equals(name)
        && entry.address().equals(other.address());
  }

  /** What the registry lists, as far as is known. */
  public synchronized Listed listed() {
    return listed;
  }

  /** Whether it is to be drained, or to leave. */
  public synchronized boolean isDraining() {
    return wish != Wish.SERVE;
  }

  /** Whether {@link #leave} is over. */
  public synchronized boolean isEnded() {
    return ended;
  }

  private String name() {
    return service + " " + registry.shown(entry.address());
  }

  /** {@code inventory 10.0.0.3:5000: registered with zk}. */
  @Override
  public synchronized String toString() {
    return name()
        + ": "
        + words()
        + registry.id()
        + (trouble.isEmpty() ? "" : " (" + trouble + ")");
  }

  private String words() {
    return switch (listed) {
      case UNKNOWN -> "not known to be registered with ";
      case PLAIN -> "registered with ";
      case DRAINED -> "drained in ";
      case NOTHING -> wish == Wish.SERVE ? "unhealthy, not registered with " : "taken away from ";
    };
  }
}
