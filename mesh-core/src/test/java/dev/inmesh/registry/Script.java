package dev.inmesh.registry;

import dev.inmesh.server.Listing;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** A registry in memory that a test has in its hands, with the sources that were made for it. */
public final class Script implements AutoCloseable {

  private static final Map<String, Script> BY_NAME = new ConcurrentHashMap<>();
  private static final AtomicInteger NAMES = new AtomicInteger();

  private final String name = "script-" + NAMES.incrementAndGet();
  private final List<SourceSettings> opened = new CopyOnWriteArrayList<>();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger followed = new AtomicInteger();

  private Optional<List<ServerEntry>> list = Optional.empty();
  private int version;
  private String failure = "";
  private final Map<String, String> registered = new ConcurrentHashMap<>();
  private final List<String> acts = new CopyOnWriteArrayList<>();
  private boolean readOnly;
  private boolean canDrain = true;

  /** One that says nothing yet. */
  public Script() {
    BY_NAME.put(name, this);
  }

  static Script named(String name) {
    Script script = BY_NAME.get(name);
    if (script == null) {
      throw new IllegalArgumentException("no script " + name);
    }
    return script;
  }

  public String name() {
    return name;
  }

  /** Sources that were made. */
  public List<SourceSettings> opened() {
    return opened;
  }

  /** Sources that were closed. */
  public int closed() {
    return closed.get();
  }

  /** How often one was followed. */
  public int followed() {
    return followed.get();
  }

  /** From now on it lists these. */
  public synchronized void list(String... lines) {
    List<ServerEntry> entries = new ArrayList<>();
    for (String line : lines) {
      entries.add(ServerEntry.line(line));
    }
    list(entries);
  }

  /** From now on it lists these. */
  public synchronized void list(List<ServerEntry> entries) {
    list = Optional.of(entries);
    version++;
  }

  /** From now on it fails. */
  public synchronized void fail(String reason) {
    failure = reason;
  }

  /** From now on it doesn't. */
  public synchronized void recover() {
    failure = "";
  }

  /** From now on it can't be written to. */
  public synchronized void readOnly() {
    readOnly = true;
  }

  /** From now on nobody sees that an entry is drained. */
  public synchronized void cannotDrain() {
    canDrain = false;
  }

  /** The lines that are registered, by their addresses. */
  public Map<String, String> registered() {
    return registered;
  }

  /** Each change of that, in its order: {@code + line}, {@code - address}. */
  public List<String> acts() {
    return acts;
  }

  synchronized Optional<Registrar> registrar() {
    return readOnly ? Optional.empty() : Optional.of(new ScriptedRegistrar());
  }

  private synchronized void check() throws IOException {
    if (!failure.isEmpty()) {
      throw new IOException(failure);
    }
  }

  private final class ScriptedRegistrar implements Registrar {

    @Override
    public void register(String service, ServerEntry entry) throws IOException {
      check();
      String line = service + " " + String.join(" ", entry.words());
      if (!line.equals(registered.put(entry.address(), line))) {
        acts.add("+ " + line);
      }
    }

    @Override
    public void deregister(String service, ServerEntry entry) throws IOException {
      check();
      if (registered.remove(entry.address()) != null) {
        acts.add("- " + entry.address());
      }
    }

    @Override
    public boolean canDrain() {
      synchronized (Script.this) {
        return canDrain;
      }
    }

    @Override
    public Duration renewal() {
      return Duration.ofMillis(5);
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  ServerSource open(SourceSettings settings) {
    opened.add(settings);
    return new ServerSource() {
      @Override
      public void follow(String service, Listing listing) throws IOException, InterruptedException {
        followed.incrementAndGet();
        Script.this.follow(listing);
      }

      @Override
      public void close() {
        closed.incrementAndGet();
      }
    };
  }

  private void follow(Listing listing) throws IOException, InterruptedException {
    int said = -1;
    while (true) {
      List<ServerEntry> entries = List.of();
      boolean changed;
      synchronized (this) {
        if (!failure.isEmpty()) {
          throw new IOException(failure);
        }
        changed = list.isPresent() && version != said;
        if (changed) {
          entries = list.get();
          said = version;
        }
      }
      if (changed) {
        if (!listing.list(entries)) {
          said = -1;
        }
      } else if (said >= 0) {
        listing.unchanged();
      }
      Thread.sleep(5);
    }
  }

  @Override
  public void close() {
    BY_NAME.remove(name);
  }
}
