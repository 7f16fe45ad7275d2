package dev.inmesh.config;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * The live configuration: reads the sources, and again when told to.
 *
 * <p>A set of keys is taken as a whole or not at all: as long as there is a problem in it, the last
 * good one holds. Starts no thread; whoever owns it calls {@link #poll()} every {@link
 * #refreshInterval()}. Safe for concurrent use.
 */
public final class Configuration {

  private final Sources sources;
  private final ConfigLog log;
  private final Object lock = new Object();
  private final List<Consumer<Snapshot>> subscribers = new CopyOnWriteArrayList<>();

  private volatile Snapshot current;
  private volatile Duration refreshInterval;
  private volatile boolean rejected;
  private volatile List<String> startWarnings = List.of();

  // All below is guarded by the lock.
  private final Queue<Snapshot> undelivered = new ArrayDeque<>();
  private final Set<String> warned = new HashSet<>();
  private boolean delivering;
  private Load good;
  private ProcessKeys lastKeys;
  private FileWatch lastFiles;
  private List<Problem> lastProblems = List.of();

  private Configuration(Sources sources, ConfigLog log, ProcessKeys keys, Load load) {
    this.sources = sources;
    this.log = log;
    this.good = load;
    this.lastKeys = keys;
    this.lastFiles = load.files();
    this.refreshInterval = load.refreshInterval();
    this.current = new Snapshot(1, load.settings(), load.resolution().entries());
  }

  /**
   * Reads the sources for the first time.
   *
   * @throws MeshConfigException with all problems, if there are any
   */
  public static Configuration open(Sources sources) {
    return open(sources, ConfigLog.slf4j());
  }

  static Configuration open(Sources sources, ConfigLog log) {
    ProcessKeys keys = ProcessKeys.read(sources);
    Load load = Load.of(keys);
    if (!load.problems().isEmpty()) {
      throw new MeshConfigException(load.problems());
    }
    Configuration configuration = new Configuration(sources, log, keys, load);
    configuration.startWarnings = load.warnings();
    configuration.warn(load.warnings());
    return configuration;
  }

  /** What holds now. */
  public Snapshot current() {
    return current;
  }

  /** What was odd about the sources at the start, but no error; logged as well. */
  public List<String> startWarnings() {
    return startWarnings;
  }

  /** {@code mesh.config.refresh-interval}: how often to call {@link #poll()}. */
  public Duration refreshInterval() {
    return refreshInterval;
  }

  /** Whether the sources hold a set of keys that was refused, so that an older one is in use. */
  public boolean rejected() {
    return rejected;
  }

  /**
   * Has the subscriber called with each new snapshot from now on, in order, in the thread that
   * reloads and under the lock of the reload, so that it should be quick. A reload from within is
   * delivered after the one that is going on.
   */
  public void subscribe(Consumer<Snapshot> subscriber) {
    subscribers.add(subscriber);
  }

  /**
   * Reloads if a source has changed since the last reading; cheap if none has.
   *
   * @return whether one had changed
   */
  public boolean poll() {
    synchronized (lock) {
      if (ProcessKeys.read(sources).equals(lastKeys) && !lastFiles.changed()) {
        return false;
      }
      reload();
      return true;
    }
  }

  /** Reads the sources again. Problems are returned and logged, not thrown. */
  public Reload reload() {
    synchronized (lock) {
      lastKeys = ProcessKeys.read(sources);
      Load load = Load.of(lastKeys);
      lastFiles = load.files();
      warn(load.warnings());
      return load.problems().isEmpty() ? accept(load) : reject(load.problems());
    }
  }

  private Reload reject(List<Problem> problems) {
    rejected = true;
    if (!problems.equals(lastProblems)) {
      lastProblems = problems;
      log.warn("config v" + current.version() + " stays: " + MeshConfigException.text(problems));
    }
    return new Reload(false, current.version(), problems);
  }

  private Reload accept(Load load) {
    List<String> changes = Changes.between(good, load);
    boolean changed = !changes.isEmpty() || !load.settings().equals(good.settings());
    int version = current.version() + (changed ? 1 : 0);
    if (rejected && !changed) {
      log.info("config v" + version + ": the sources are good again, nothing changes");
    }
    rejected = false;
    lastProblems = List.of();
    good = load;
    refreshInterval = load.refreshInterval();
    // Without a change of what holds, what it shadows may still have changed.
    current = new Snapshot(version, load.settings(), load.resolution().entries());
    if (changed) {
      changes.forEach(change -> log.info("config v" + version + ": " + change));
      undelivered.add(current);
      deliver();
    }
    return new Reload(changed, version, List.of());
  }

  private void deliver() {
    if (delivering) {
      return; // A subscriber reloads: the loop below, further up the stack, goes on with it.
    }
    delivering = true;
    try {
      for (Snapshot next = undelivered.poll(); next != null; next = undelivered.poll()) {
        for (Consumer<Snapshot> subscriber : subscribers) {
          deliver(next, subscriber);
        }
      }
    } finally {
      delivering = false;
    }
  }

  private void deliver(Snapshot snapshot, Consumer<Snapshot> subscriber) {
    try {
      subscriber.accept(snapshot);
    } catch (RuntimeException e) {
      // One that fails must not keep the others from the new settings.
      log.warn("config v" + snapshot.version() + ": a subscriber failed: " + e);
    }
  }

  /** Says each warning once, until it has gone away and comes back. */
  private void warn(List<String> warnings) {
    warned.retainAll(warnings);
    for (String warning : warnings) {
      if (warned.add(warning)) {
        log.warn("config: " + warning);
      }
    }
  }
}
