package dev.inmesh.jdbc;

import dev.inmesh.jdbc.position.Positions;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Up to where a page has written, in each database: while a scope of it is open, what this thread
 * writes through any {@link MeshDataSource} is noted in it, and no read of this thread goes to a
 * replica that hasn't come so far. For databases whose consistency is {@link Consistency#CONTEXT};
 * others ignore it.
 *
 * <pre>{@code
 * try (WritePosition.Scope page = WritePosition.of(textOfTheLastPage).open()) {
 *   // reads see what the last page wrote
 *   response.addHeader("mesh-write-position", page.position().toText());
 * }
 * }</pre>
 *
 * <p>So a write, a redirect and a read belong together if the redirect's answer carries the text
 * and the next request brings it back, in a header or a cookie. Text from outside can only send
 * reads to the primary, never to a replica, and what can't be understood is ignored. Safe for
 * concurrent use. To cross threads, wrap the task with {@link #wrap}, or use Micrometer's context
 * propagation, which knows of it.
 */
public final class WritePosition {

  /** Of a database whose writes got no position: its reads stay at the primary. */
  private static final String UNKNOWN = "?";

  private static final int LONGEST = 16_384;
  private static final Pattern ENTRY =
      Pattern.compile("([A-Za-z0-9.*_%+-]{1,512})=(\\?|[0-9A-Za-z/,:_-]{1,8192})");

  private static final ThreadLocal<Optional<WritePosition>> CURRENT =
      ThreadLocal.withInitial(Optional::empty);

  /** By database; the values are what its servers say, or what came from outside. */
  private final Map<String, String> positions = new TreeMap<>();

  /** How many connections have written to a database and don't know up to where yet. */
  private final Map<String, Integer> pending = new TreeMap<>();

  /** Until when replicas are only asked and not waited for; meaningful when it was set. */
  private volatile long impatientUntil;

  private volatile boolean impatient;

  private WritePosition() {}

  /** Of a page that has written nothing. */
  public static WritePosition none() {
    return new WritePosition();
  }

  /**
   * What {@link #toText} gave elsewhere.
   *
   * @param text from whomever; what it says that can't be understood, or is too much, is ignored
   */
  public static WritePosition of(String text) {
    WritePosition position = new WritePosition();
    if (text.length() <= LONGEST) {
      for (String entry : text.split(";", -1)) {
        Matcher matcher = ENTRY.matcher(entry.strip());
        if (matcher.matches()) {
          name(matcher.group(1)).ifPresent(name -> position.positions.put(name, matcher.group(2)));
        }
      }
    }
    return position;
  }

  private static Optional<String> name(String encoded) {
    try {
      return Optional.of(URLDecoder.decode(encoded, StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** The one that holds in this thread. */
  public static Optional<WritePosition> current() {
    return CURRENT.get();
  }

  /** Lets it hold in this thread, instead of one that did before, until the scope is closed. */
  public Scope open() {
    return replace(Optional.of(this));
  }

  /** Makes this one hold in this thread, or none: for what carries contexts. */
  public static Scope replace(Optional<WritePosition> position) {
    Scope scope = new Scope(CURRENT.get(), position);
    CURRENT.set(position);
    return scope;
  }

  /** A task that runs under the position of this thread, wherever it runs. */
  public static Runnable wrap(Runnable task) {
    Optional<WritePosition> here = CURRENT.get();
    return () -> {
      Scope scope = replace(here);
      try {
        task.run();
      } finally {
        scope.close();
      }
    };
  }

  /**
   * For the next service or page; empty if nothing was written. Letters, digits and {@code
   * =;,:/._-?} only ({@code %}, {@code *} and {@code +} for others in names). A connection that has
   * written and is still open makes its database's position unknown, so that reads go to the
   * primary: ask when the connections are closed.
   */
  public synchronized String toText() {
    Map<String, String> all = new TreeMap<>(positions);
    pending.forEach((database, connections) -> all.put(database, UNKNOWN));
    String text = text(all);
    if (text.length() > LONGEST) {
      // Longer ones are not read.
      all.replaceAll((database, position) -> UNKNOWN);
      text = text(all);
    }
    return text;
  }

  private static String text(Map<String, String> all) {
    StringJoiner text = new StringJoiner(";");
    all.forEach(
        (database, position) ->
            text.add(URLEncoder.encode(database, StandardCharsets.UTF_8) + "=" + position));
    return text.toString();
  }

  /** A connection has written, and will say up to where. */
  synchronized void begins(String database) {
    pending.merge(database, 1, Integer::sum);
  }

  /**
   * It has, if it could.
   *
   * @param position null if it can't be known
   */
  synchronized void ends(String database, @Nullable String position, @Nullable Positions knows) {
    pending.computeIfPresent(database, (name, count) -> count == 1 ? null : count - 1);
    if (position == null || knows == null) {
      positions.put(database, UNKNOWN);
    } else {
      String before = positions.get(database);
      if (before == null) {
        positions.put(database, position);
      } else if (!before.equals(UNKNOWN)) {
        String later = knows.parse(before).map(b -> knows.later(b, position)).orElse(position);
        positions.put(database, knows.parse(later).orElse(UNKNOWN));
      }
    }
  }

  /** A connection that has written nothing after all. */
  synchronized void withdraws(String database) {
    pending.computeIfPresent(database, (name, count) -> count == 1 ? null : count - 1);
  }

  /** Whether a replica was waited for in vain a moment ago, for this page's sake. */
  boolean isImpatient(long now) {
    return impatient && now - impatientUntil < 0;
  }

  void impatientUntil(long nanos) {
    impatientUntil = nanos;
    impatient = true;
  }

  /** Whether no replica can be known to have what was written. */
  synchronized boolean isUnknown(String database) {
    return pending.containsKey(database) || UNKNOWN.equals(positions.get(database));
  }

  /** Up to where a replica must be; null if it may be anywhere. */
  synchronized @Nullable String of(String database, Positions knows) {
    String position = positions.get(database);
    return position == null ? null : knows.parse(position).orElse(null);
  }

  @Override
  public String toString() {
    return "WritePosition " + toText();
  }

  /**
   * While it is open, the position holds. To be closed in the thread that opened it, last first.
   */
  public static final class Scope implements AutoCloseable {

    private final Optional<WritePosition> before;
    private final Optional<WritePosition> position;
    private boolean closed;

    private Scope(Optional<WritePosition> before, Optional<WritePosition> position) {
      this.before = before;
      this.position = position;
    }

    /** What holds while it is open; a new one, which holds nowhere, if none does. */
    public WritePosition position() {
      return position.orElseGet(WritePosition::none);
    }

    /** What held before holds again; of no effect the second time. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        CURRENT.set(before);
      }
    }
  }
}
