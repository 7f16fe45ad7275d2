package dev.inmesh.samples.bench;

import static net.bytebuddy.matcher.ElementMatchers.isAbstract;
import static net.bytebuddy.matcher.ElementMatchers.named;

import java.lang.invoke.MethodHandles;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.DynamicType;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import net.bytebuddy.implementation.FixedValue;
import net.bytebuddy.implementation.StubMethod;

/**
 * A database that costs nothing: classes that are made for it, as a driver's would be, whose
 * methods answer with a constant.
 */
final class StubDatabase {

  private static final AtomicInteger MADE = new AtomicInteger();

  private StubDatabase() {}

  /** A pool that always hands out the same connection. */
  static DataSource pool() {
    ResultSet rows = stub(ResultSet.class, Map.of("next", true, "getInt", 7));
    PreparedStatement statement = stub(PreparedStatement.class, Map.of("executeQuery", rows));
    DatabaseMetaData metaData =
        stub(DatabaseMetaData.class, Map.of("getDatabaseProductName", "PostgreSQL"));
    Connection connection =
        stub(
            Connection.class,
            Map.of("prepareStatement", statement, "getMetaData", metaData, "getAutoCommit", true));
    return stub(DataSource.class, Map.of("getConnection", connection));
  }

  private static <T> T stub(Class<T> type, Map<String, Object> answers) {
    DynamicType.Builder<T> builder =
        new ByteBuddy()
            .subclass(type)
            .name(
                StubDatabase.class.getPackageName()
                    + ".Stub"
                    + type.getSimpleName()
                    + MADE.incrementAndGet())
            .method(isAbstract())
            .intercept(StubMethod.INSTANCE);
    for (Map.Entry<String, Object> answer : answers.entrySet()) {
      builder =
          builder.method(named(answer.getKey())).intercept(FixedValue.value(answer.getValue()));
    }
    try {
      return builder
          .make()
          // Here, since the answers of one are instances of others.
          .load(
              StubDatabase.class.getClassLoader(),
              ClassLoadingStrategy.UsingLookup.of(MethodHandles.lookup()))
          .getLoaded()
          .getDeclaredConstructor()
          .newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e);
    }
  }
}
