package dev.inmesh.jdbc;

import java.lang.reflect.Method;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * Where a statement is: the physical one that it has on a connection of its session, and all that
 * was set on it, so that it can be made anew on another.
 */
final class Placement extends Replay {

  private final Method creator;
  private final Object[] creation;

  private @Nullable Statement raw;

  /** Written after the other, and read before it by those who cancel, in any thread. */
  private volatile @Nullable Physical physical;

  Placement(Method creator, Object[] creation) {
    this.creator = creator;
    this.creation = creation;
  }

  /** What demands the primary in the way it was created. */
  @Nullable String veto() {
    return Veto.ofCreation(creator.getName(), creation);
  }

  /** The text that it was prepared with. */
  String text() {
    return String.valueOf(creation[0]);
  }

  boolean isCall() {
    return creator.getName().equals("prepareCall");
  }

  boolean isForwardOnly() {
    return Veto.isForwardOnly(creator.getName(), creation);
  }

  /** The last one, of use or not. */
  @Nullable Statement last() {
    return raw;
  }

  /** The one that is still of use in that session. */
  @Nullable Statement live(Session session) {
    return session.holds(physical) ? raw : null;
  }

  @Nullable Physical physical() {
    return physical;
  }

  boolean is(Physical there) {
    return raw != null && physical == there;
  }

  private void set(Statement made) throws Throwable {
    boolean set = false;
    try {
      on(made);
      set = true;
    } finally {
      if (!set) {
        made.close();
      }
    }
  }

  /** Makes one there, with all that was set. */
  Statement make(Physical there) throws SQLException {
    try {
      Statement made = (Statement) Call.on(there.raw, creator, creation);
      if (made == null) {
        throw new SQLException("the driver made no statement");
      }
      set(made);
      raw = made;
      physical = there;
      return made;
    } catch (SQLException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new SQLException(e);
    }
  }
}
