package dev.inmesh.jdbc;

import dev.inmesh.jdbc.position.Positions;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a session has written and where a replica must be to be read from. That something was
 * written is noted at once; up to where is asked only when the session leaves the primary for a
 * replica, or closes within a {@link WritePosition}: a session that never reads from replicas asks
 * nothing. For the session's thread.
 */
final class Writes {

  /** How long a replica is waited for that isn't there yet. */
  private static final long LONGEST_WAIT_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

  /** A replica that was waited for in vain is only asked for so long, and not waited for. */
  private static final long IMPATIENT_NANOS = TimeUnit.SECONDS.toNanos(1);

  /**
   * How long the answer may take, beside the wait: a replica that hangs must not hang its reader.
   */
  private static final int ANSWER_MILLIS = 1_000;

  private final Cluster cluster;

  /** Something was written at the primary since the position was asked last. */
  private boolean dirty;

  /** Something was, and up to where can't be known any more. */
  private boolean unknown;

  /** Where a replica must be; null as long as it may be anywhere. */
  private @Nullable String position;

  /** The pages in which it was, and that wait to hear up to where. */
  private @Nullable List<WritePosition> pages;

  /** The connection to a replica that is there, and where that is. */
  private @Nullable Physical proven;

  private @Nullable String provenPosition;

  Writes(Cluster cluster) {
    this.cluster = cluster;
  }

  /** Something is going to be run at the primary that may write. */
  void wrote() {
    Consistency consistency = cluster.consistency();
    if (consistency == Consistency.NONE) {
      return;
    }
    dirty = true;
    if (consistency == Consistency.CONTEXT) {
      WritePosition.current().ifPresent(this::wroteIn);
    }
  }

  private void wroteIn(WritePosition page) {
    if (pages == null) {
      pages = new ArrayList<>(1);
    }
    if (!pages.contains(page)) {
      pages.add(page);
      page.begins(cluster.name());
    }
  }

  /** Whether no replica can be known to have what must be seen. */
  boolean isUnknown() {
    Consistency consistency = cluster.consistency();
    if (consistency == Consistency.NONE) {
      return false;
    }
    if (unknown || (dirty && cluster.positions() == null)) {
      return true;
    }
    // What this session has written itself, it can ask.
    return !dirty && consistency == Consistency.CONTEXT && isUnknownToPage();
  }

  private boolean isUnknownToPage() {
    return WritePosition.current().map(page -> page.isUnknown(cluster.name())).orElse(false);
  }

  /**
   * The primary's connection is about to be left, outside of a transaction.
   *
   * @param raw null if it can't be asked any more
   */
  void leaves(@Nullable Connection raw) {
    if (!dirty) {
      return;
    }
    dirty = false;
    Positions knows = cluster.positions();
    String written = null;
    try {
      if (raw != null && knows != null) {
        String asked = Raw.inAutoCommit(raw, ANSWER_MILLIS, knows::written).orElse(null);
        if (asked == null) {
          withdraw();
          return;
        }
        written = position == null ? asked : knows.later(position, asked);
        position = written;
      }
    } catch (SQLException | RuntimeException e) {
      // It stays at the primary, then; if that is gone, the next statement says so.
    }
    unknown |= written == null;
    tell(written, knows);
  }

  private void tell(@Nullable String written, @Nullable Positions knows) {
    List<WritePosition> waiting = pages;
    pages = null;
    if (waiting != null) {
      waiting.forEach(page -> page.ends(cluster.name(), written, knows));
    }
  }

  private void withdraw() {
    List<WritePosition> waiting = pages;
    pages = null;
    if (waiting != null) {
      waiting.forEach(page -> page.withdraws(cluster.name()));
    }
  }

  /** Whether a page waits to hear up to where was written. */
  boolean isAwaited() {
    return pages != null;
  }

  /** Where a replica must be now; null if it may be anywhere. */
  private @Nullable String required(Positions knows) {
    String own = position;
    if (cluster.consistency() != Consistency.CONTEXT) {
      return own;
    }
    String others =
        WritePosition.current().map(page -> page.of(cluster.name(), knows)).orElse(null);
    if (own == null || others == null) {
      return own == null ? others : own;
    }
    return knows.later(own, others);
  }

  /**
   * Whether a replica is where it must be; waits a little for one that isn't yet.
   *
   * @param leftNanos no longer than that
   */
  boolean reached(Physical replica, long leftNanos) throws SQLException {
    Positions knows = cluster.consistency() == Consistency.NONE ? null : cluster.positions();
    if (isUnknown()) {
      return false;
    }
    String required = knows == null ? null : required(knows);
    if (knows == null || required == null) {
      return true;
    }
    if (replica == proven && required.equals(provenPosition)) {
      return true;
    }
    long patience = isBehind(replica, required) ? 0 : LONGEST_WAIT_NANOS;
    long wait = Math.min(patience, leftNanos);
    boolean there =
        Raw.inAutoCommit(
            replica.raw,
            ANSWER_MILLIS + (int) TimeUnit.NANOSECONDS.toMillis(wait),
            raw -> knows.awaits(raw, required, wait));
    if (there) {
      proven = replica;
      provenPosition = required;
    } else if (wait == LONGEST_WAIT_NANOS) {
      missed(replica, required, System.nanoTime() + IMPATIENT_NANOS);
    }
    return there;
  }

  // A page's position may come from outside and never be reached: only the page pays for that.

  private boolean isBehind(Physical replica, String required) {
    long now = System.nanoTime();
    return required.equals(position)
        ? replica.database.isBehind(now)
        : WritePosition.current().map(page -> page.isImpatient(now)).orElse(false);
  }

  private void missed(Physical replica, String required, long until) {
    if (required.equals(position)) {
      replica.database.behindUntil(until);
    } else {
      WritePosition.current().ifPresent(page -> page.impatientUntil(until));
    }
  }
}
