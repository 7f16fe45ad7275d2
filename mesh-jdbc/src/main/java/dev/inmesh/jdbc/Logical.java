package dev.inmesh.jdbc;

import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.Ref;
import java.sql.SQLException;
import java.sql.Wrapper;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind an object that users see: handles a few methods, and forwards every other one,
 * those too that a later JDBC adds, to the physical object.
 */
abstract class Logical implements InvocationHandler {

  private static final Object[] NOTHING = {};

  /** One method of JDBC. Never one of Object. */
  abstract @Nullable Object call(Object proxy, Method method, Object[] args) throws Throwable;

  /** The physical object, for {@code unwrap}. */
  abstract Object unwrapped() throws SQLException;

  /** The physical object, only to be asked what it is: nothing is kept anywhere for that. */
  Object asked() throws SQLException {
    return unwrapped();
  }

  @Override
  public final @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> args != null && proxy == args[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> toString();
      };
    }
    return call(proxy, method, args == null ? NOTHING : args);
  }

  /** {@link Wrapper#unwrap}: the logical object as long as that will do. */
  Object unwrap(Object proxy, Class<?> type) throws SQLException {
    if (type.isInstance(proxy)) {
      return proxy;
    }
    // Asked first: who is refused has nothing that could be lost.
    if (!isWrapperFor(proxy, type)) {
      throw new SQLException("no " + type.getName() + " in this " + this);
    }
    Object raw = unwrapped();
    return !type.isInstance(raw) && raw instanceof Wrapper wrapper ? wrapper.unwrap(type) : raw;
  }

  boolean isWrapperFor(Object proxy, Class<?> type) throws SQLException {
    if (type.isInstance(proxy)) {
      return true;
    }
    Object raw = asked();
    return type.isInstance(raw) || (raw instanceof Wrapper wrapper && wrapper.isWrapperFor(type));
  }

  /** The same arguments, with physical values in the place of logical ones. */
  static Object[] bare(Object[] args) {
    for (int i = 0; i < args.length; i++) {
      boolean value = args[i] instanceof Array || args[i] instanceof Ref;
      if (value
          && Proxy.isProxyClass(args[i].getClass())
          && Proxy.getInvocationHandler(args[i]) instanceof LogicalValue logical) {
        args[i] = logical.unwrapped();
      }
    }
    return args;
  }
}
