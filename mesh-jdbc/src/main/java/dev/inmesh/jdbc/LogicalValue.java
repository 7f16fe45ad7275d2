package dev.inmesh.jdbc;

import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.Ref;
import org.jspecify.annotations.Nullable;

/** An SQL array, whose result set would lead to the physical connection, or a reference. */
final class LogicalValue extends Logical {

  private final Session session;
  private final Physical physical;
  private final Object raw;

  private LogicalValue(Session session, Physical physical, Object raw) {
    this.session = session;
    this.physical = physical;
    this.raw = raw;
  }

  static Array of(Session session, Physical physical, Array raw) {
    return Proxies.ARRAY.make(new LogicalValue(session, physical, raw));
  }

  static Ref of(Session session, Physical physical, Ref raw) {
    return Proxies.REF.make(new LogicalValue(session, physical, raw));
  }

  @Override
  @Nullable Object call(Object proxy, Method method, Object[] args) throws Throwable {
    return session.wrap(method, Call.on(raw, method, args), physical, null);
  }

  @Override
  Object unwrapped() {
    return raw;
  }

  @Override
  public String toString() {
    return raw.toString();
  }
}
