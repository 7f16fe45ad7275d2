package dev.inmesh.jdbc;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.Statement;

/**
 * Makes the objects that users see. The constructor of each proxy's class is looked up once: {@link
 * Proxy#newProxyInstance} would look it up each time.
 */
final class Proxies<T> {

  static final Proxies<Connection> CONNECTION = new Proxies<>(Connection.class);
  static final Proxies<Statement> STATEMENT = new Proxies<>(Statement.class);
  static final Proxies<PreparedStatement> PREPARED = new Proxies<>(PreparedStatement.class);
  static final Proxies<CallableStatement> CALLABLE = new Proxies<>(CallableStatement.class);
  static final Proxies<ResultSet> RESULT = new Proxies<>(ResultSet.class);
  static final Proxies<ResultSetMetaData> COLUMNS = new Proxies<>(ResultSetMetaData.class);
  static final Proxies<DatabaseMetaData> META_DATA = new Proxies<>(DatabaseMetaData.class);
  static final Proxies<Array> ARRAY = new Proxies<>(Array.class);
  static final Proxies<Ref> REF = new Proxies<>(Ref.class);

  private final Class<T> type;
  private final MethodHandle constructor;

  private Proxies(Class<T> type) {
    this.type = type;
    InvocationHandler none = (proxy, method, args) -> null;
    Object first =
        Proxy.newProxyInstance(Proxies.class.getClassLoader(), new Class<?>[] {type}, none);
    try {
      this.constructor =
          MethodHandles.publicLookup()
              .findConstructor(
                  first.getClass(), MethodType.methodType(void.class, InvocationHandler.class))
              .asType(MethodType.methodType(Object.class, InvocationHandler.class));
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }

  T make(InvocationHandler handler) {
    try {
      return type.cast((Object) constructor.invokeExact(handler));
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }
}
