package dev.inmesh.jdbc;

import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A driver that answers every method with something of the right type, a raw object where it can.
 */
final class StubDriver {

  /** What marks an object of the driver's own. */
  interface Raw {}

  private final Set<Class<?>> united;

  private StubDriver(Set<Class<?>> united) {
    this.united = united;
  }

  static Connection connection() {
    return (Connection) new StubDriver(Set.of()).of(Connection.class);
  }

  /** A connection of a driver whose objects of these types are of all of them. */
  static Connection connection(Class<?>... united) {
    return (Connection) new StubDriver(Set.of(united)).of(Connection.class);
  }

  private Object of(Class<?> type) {
    Set<Class<?>> types = new LinkedHashSet<>(united.contains(type) ? united : Set.of(type));
    types.add(Raw.class);
    return Proxy.newProxyInstance(
        StubDriver.class.getClassLoader(), types.toArray(Class<?>[]::new), this::answer);
  }

  private @Nullable Object answer(Object proxy, Method method, Object @Nullable [] args) {
    Class<?> type = method.getReturnType();
    String name = method.getName();
    if (method.getDeclaringClass() == Object.class) {
      return switch (name) {
        case "equals" -> args != null && proxy == args[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "raw";
      };
    }
    if (type == String.class) {
      return name.equals("getDatabaseProductName") ? "H2" : "x";
    }
    if (type == boolean.class) {
      return name.equals("getAutoCommit") || name.equals("next") || name.equals("execute");
    }
    if (type == int.class) {
      return 1;
    }
    if (type.isPrimitive() && type != void.class) {
      return Array.get(Array.newInstance(type, 1), 0);
    }
    if (type == Object.class && name.toLowerCase(Locale.ROOT).startsWith("getobject")) {
      return of(java.sql.ResultSet.class);
    }
    if (type.isInterface() && type.getName().startsWith("java.sql.")) {
      return of(type);
    }
    return null;
  }
}
