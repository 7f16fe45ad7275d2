package dev.inmesh.jdbc.signal;

import dev.inmesh.config.DiskSource;
import dev.inmesh.config.ThrottleMode;
import dev.inmesh.config.ThrottleSettings;
import dev.inmesh.jdbc.signal.Reader.Reading;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Finds out, every second, how slow the disk of one database server is. What can't be found out is
 * absent, never quick. It asks on other threads, never twice at once, over one connection of its
 * own. Safe for concurrent use.
 */
public final class DiskProbe implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(DiskProbe.class);
  private static final long PERIOD_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** Between looks at what is only seen while it is. */
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** What is older says nothing of now. */
  private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** All that is asked at once takes no longer, or the connection is broken off. */
  private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(4);

  private static final Path PROC = Path.of("/proc");

  private final Executor threads;
  private final LongSupplier nanoClock;
  private final Reader reader;
  private final Announcer announcer;

  /** Held by who asks. */
  private final ReentrantLock asking = new ReentrantLock();

  private final AtomicBoolean underWay = new AtomicBoolean();
  private final AtomicLong sequence = new AtomicLong();
  private volatile Poll latest;
  private volatile ThrottleSettings settings;
  private volatile boolean closed;

  /** How long it isn't asked again, whoever is busy. */
  private volatile long pauseNanos;

  // Of the thread that ticks.
  private boolean ticked;
  private boolean wasBusy;
  private boolean aborted;
  private long busySince;
  private long polledNanos;
  private long lookedNanos;
  private long begunNanos;

  /** Where the connection of a probe comes from. */
  public interface Connections {

    /** A connection that nobody else uses until it is closed; it may block. */
    Connection open() throws SQLException;
  }

  /**
   * Asks nothing before the first {@link #tick}.
   *
   * @param server its name in the log; empty where the database has only one
   * @param threads may be blocked for seconds
   */
  public DiskProbe(
      String database,
      String server,
      Connections connections,
      ThrottleSettings settings,
      Executor threads,
      LongSupplier nanoClock) {
    this(
        database,
        server,
        connections,
        settings,
        threads,
        nanoClock,
        PROC,
        (level, line) -> log.atLevel(level).log("{}", line));
  }

  DiskProbe(
      String database,
      String server,
      Connections connections,
      ThrottleSettings settings,
      Executor threads,
      LongSupplier nanoClock,
      Path proc,
      Announcer.Voice voice) {
    this.settings = settings;
    this.threads = threads;
    this.nanoClock = nanoClock;
    this.announcer = new Announcer(database, server, voice);
    Dedicated connection = new Dedicated(connections, threads, nanoClock);
    Detection detection = new Detection(database, connection, proc, this::notice);
    this.reader = new Reader(connection, detection, this::notice);
    this.latest = Poll.absent(0, nanoClock.getAsLong(), "not asked yet");
  }

  /** What was found out last. */
  public Poll latest() {
    return latest;
  }

  /** Other settings from the next poll on. */
  public void settings(ThrottleSettings changed) {
    settings = changed;
    pauseNanos = 0;
  }

  /**
   * Has what is due asked on another thread: every second, and every five while nobody is {@code
   * busy}. To be called several times a second, by one thread at a time.
   *
   * @param now on the probe's clock
   * @param busy whether anything is being done on the server
   */
  public void tick(long now, boolean busy) {
    if (closed) {
      return;
    }
    if (busy && !wasBusy) {
      busySince = now;
    }
    wasBusy = busy;
    if (underWay.get()) {
      breakOff(now);
    } else if (isDue(now, busy)) {
      polledNanos = now;
      lookedNanos = now;
      ticked = true;
      begin(now, () -> poll());
      // Nobody ticked for long if it is old all the same: that isn't the server's fault.
      return;
    } else if (busy && reader.isGlimpsed() && now - lookedNanos >= LOOK_NANOS) {
      lookedNanos = now;
      begin(now, this::look);
    }
    if (busy && latest.absent().isEmpty() && age(now) >= STALE_NANOS) {
      absent("no answer for 5 s", Level.WARN);
    }
  }

  private boolean isDue(long now, boolean busy) {
    long pause = Math.max(pauseNanos, busy ? PERIOD_NANOS : IDLE_NANOS);
    long since = now - polledNanos;
    return !ticked || since >= pause || since < 0;
  }

  /** While nobody was busy, it wasn't asked so often. */
  private long age(long now) {
    return Math.min(now - latest.nanos(), now - busySince);
  }

  private void begin(long now, Runnable question) {
    underWay.set(true);
    aborted = false;
    begunNanos = now;
    try {
      threads.execute(
          () -> {
            try {
              question.run();
            } finally {
              underWay.set(false);
            }
          });
    } catch (RejectedExecutionException e) {
      underWay.set(false);
    }
  }

  private void breakOff(long now) {
    if (now - begunNanos >= LONGEST_NANOS && !aborted) {
      aborted = true;
      inBackground(reader::abort);
    }
  }

  private void inBackground(Runnable work) {
    try {
      threads.execute(work);
    } catch (RejectedExecutionException e) {
      // Whoever closes the threads closes connections, too.
    }
  }

  private void look() {
    asking.lock();
    try {
      if (!closed) {
        reader.look();
      }
    } finally {
      asking.unlock();
      endIfClosed();
    }
  }

  /** Asks at once, on this thread. */
  public Poll poll() {
    asking.lock();
    try {
      ThrottleSettings now = settings;
      if (!closed) {
        ask(now);
      }
      if (!settings.equals(now)) {
        // They came while it was asked, and mustn't wait for what that has found.
        pauseNanos = 0;
      }
      return latest;
    } finally {
      asking.unlock();
      endIfClosed();
    }
  }

  private void ask(ThrottleSettings now) {
    if (now.mode() == ThrottleMode.OFF) {
      reader.end();
      pauseNanos = Long.MAX_VALUE;
      latest = Poll.absent(sequence.incrementAndGet(), nanoClock.getAsLong(), "switched off");
      return;
    }
    try {
      Reading reading = reader.read(now, nanoClock.getAsLong());
      publish(reading, reader.ping(nanoClock.getAsLong()));
    } catch (AbsentException e) {
      absent(String.valueOf(e.getMessage()), level(now));
    } finally {
      pauseNanos = reader.pauseNanos();
    }
  }

  private void publish(Reading reading, OptionalDouble ping) {
    latest =
        new Poll(
            sequence.incrementAndGet(),
            nanoClock.getAsLong(),
            reading.measures(),
            ping,
            Optional.empty());
    announcer.present(reading.what());
  }

  private void absent(String why, Level level) {
    long nanos = nanoClock.getAsLong();
    latest = Poll.absent(sequence.incrementAndGet(), nanos, why);
    announcer.absent(why, level, nanos);
  }

  private static Level level(ThrottleSettings settings) {
    return settings.source() == DiskSource.AUTO ? Level.INFO : Level.WARN;
  }

  private void notice(String what) {
    announcer.notice(what, nanoClock.getAsLong());
  }

  /** Asks no more, and gives its connection back. */
  @Override
  public void close() {
    closed = true;
    if (underWay.get()) {
      inBackground(reader::abort);
    }
    endIfClosed();
  }

  /** Whoever asks meanwhile does it when he has done. */
  private void endIfClosed() {
    if (closed && asking.tryLock()) {
      try {
        reader.end();
      } finally {
        asking.unlock();
      }
    }
  }
}
