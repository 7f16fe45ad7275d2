package dev.inmesh.jdbc;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;

/** A call of a method of JDBC that was made on a logical object, to be made on a physical one. */
final class Call {

  private final Method method;
  private final Object[] args;

  Call(Method method, Object[] args) {
    this.method = method;
    this.args = args;
  }

  /** Makes the call, and throws what the method throws. */
  @Nullable Object on(Object target) throws Throwable {
    return on(target, method, args);
  }

  /** Whether this is its only argument. */
  boolean isWith(Object argument) {
    return args.length == 1 && argument.equals(args[0]);
  }

  static @Nullable Object on(Object target, Method method, Object[] args) throws Throwable {
    try {
      return method.invoke(target, args);
    } catch (InvocationTargetException e) {
      throw e.getTargetException();
    }
  }
}
