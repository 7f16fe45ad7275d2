package dev.inmesh.jdbc;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a user has set on a logical connection, to be set on each physical one, in the order in
 * which it was set last, but for autocommit.
 */
final class Settings {

  private static final String AUTO_COMMIT = "setAutoCommit";
  private static final Integer SERIALIZABLE = Connection.TRANSACTION_SERIALIZABLE;

  private @Nullable Map<String, Call> calls;
  private @Nullable Boolean autoCommit;
  private @Nullable Boolean readOnly;
  private boolean serializable;

  /** Remembers a setting that no physical connection has refused. */
  void record(Method method, Object[] args) {
    String name = method.getName();
    switch (name) {
      case AUTO_COMMIT -> autoCommit = (Boolean) args[0];
      case "setTransactionIsolation" -> serializable = args[0].equals(SERIALIZABLE);
      case "setReadOnly" -> readOnly = (Boolean) args[0];
      default -> {}
    }
    if (calls == null) {
      calls = new LinkedHashMap<>();
    }
    boolean one = name.equals("setClientInfo") && args.length == 2;
    if (name.equals("setClientInfo") && !one) {
      calls.keySet().removeIf(key -> key.startsWith("setClientInfo"));
      args[0] = ((Properties) args[0]).clone();
    }
    String key = one ? name + " " + args[0] : name;
    calls.remove(key);
    calls.put(key, new Call(method, args));
  }

  /**
   * Sets all of it. In autocommit: PostgreSQL's driver sets a schema, for one, by a statement,
   * which would begin a transaction that refuses read-only, and whose rollback takes the schema
   * back.
   */
  void replay(Connection raw) throws SQLException {
    if (calls == null) {
      return;
    }
    Call last = calls.get(AUTO_COMMIT);
    boolean others = calls.size() > (last == null ? 0 : 1);
    boolean suspended = others && !raw.getAutoCommit();
    if (suspended) {
      raw.setAutoCommit(true);
    }
    for (Call call : calls.values()) {
      if (call != last) {
        set(call, raw);
      }
    }
    if (last != null) {
      set(last, raw);
    } else if (suspended) {
      raw.setAutoCommit(false);
    }
  }

  private static void set(Call call, Connection raw) throws SQLException {
    try {
      call.on(raw);
    } catch (SQLException | RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new SQLException(e);
    }
  }

  boolean isSet(String setter) {
    return calls != null && calls.containsKey(setter);
  }

  /** What a replica, which doesn't see who reads elsewhere, can't promise. */
  boolean isSerializable() {
    return serializable;
  }

  boolean autoCommit(boolean unlessSet) {
    return autoCommit == null ? unlessSet : autoCommit;
  }

  boolean readOnly(boolean unlessSet) {
    return readOnly == null ? unlessSet : readOnly;
  }
}
