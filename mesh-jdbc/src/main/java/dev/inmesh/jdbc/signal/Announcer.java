package dev.inmesh.jdbc.signal;

import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * Says in the log what signal there is when it is found, when it is lost and when it is back; never
 * the same again within a minute, however often it comes and goes. Safe for concurrent use.
 */
final class Announcer {

  private static final long PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final Voice voice;
  private final String database;
  private final String of;

  /** When a notice was given last. */
  private final Map<String, Long> notices = new HashMap<>();

  /** Where lines go. */
  interface Voice {
    void say(Level level, String line);
  }

  private @Nullable String present;
  private boolean absent;
  private boolean begun;
  private long absentSince;

  /**
   * @param server empty for the only one
   */
  Announcer(String database, String server, Voice voice) {
    this.voice = voice;
    this.database = database;
    this.of = server.isEmpty() ? "" : " of " + server;
  }

  synchronized void present(String what) {
    boolean back = absent && begun;
    if (!absent && what.equals(present)) {
      return;
    }
    absent = false;
    present = what;
    say(Level.INFO, "disk signal" + of + (back ? " is back: " : ": ") + what);
  }

  /**
   * @param level of a signal that has never been there; that one is lost is a warning
   */
  synchronized void absent(String why, Level level, long now) {
    if (absent || (begun && now - absentSince < PAUSE_NANOS)) {
      return;
    }
    absent = true;
    begun = true;
    absentSince = now;
    say(present == null ? level : Level.WARN, "no disk signal" + of + ": " + why);
  }

  synchronized void notice(String what, long now) {
    Long before = notices.get(what);
    if (before == null || now - before >= PAUSE_NANOS) {
      notices.put(what, now);
      say(Level.INFO, "disk signal" + of + ": " + what);
    }
  }

  private void say(Level level, String line) {
    voice.say(level, database + ": " + line);
  }
}
