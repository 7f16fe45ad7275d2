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
 * which it was set last.
 */
final class Settings {

  private @Nullable Map<String, Call> calls;
  private @Nullable Boolean autoCommit;
  private @Nullable Boolean readOnly;

  /** Remembers a setting that no physical connection has refused. */
  void record(Method method, Object[] args) {
    String name = method.getName();
    switch (name) {
      case "setAutoCommit" -> autoCommit = (Boolean) args[0];
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

  /** Sets all of it. */
  void replay(Connection raw) throws SQLException {
    if (calls == null) {
      return;
    }
    for (Call call : calls.values()) {
      try {
        call.on(raw);
      } catch (SQLException | RuntimeException | Error e) {
        throw e;
      } catch (Throwable e) {
        throw new SQLException(e);
      }
    }
  }

  boolean isSet(String setter) {
    return calls != null && calls.containsKey(setter);
  }

  boolean autoCommit(boolean unlessSet) {
    return autoCommit == null ? unlessSet : autoCommit;
  }

  boolean readOnly(boolean unlessSet) {
    return readOnly == null ? unlessSet : readOnly;
  }
}
