package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Array;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** No object of a driver can be reached that leads to the physical connection. */
final class WalkerTest {

  /** What leads to a connection. */
  private static final List<Class<?>> LEADING =
      List.of(
          Connection.class,
          Statement.class,
          PreparedStatement.class,
          CallableStatement.class,
          ResultSet.class,
          DatabaseMetaData.class,
          Array.class);

  private static final Set<String> ENDING = Set.of("close", "abort", "free", "closeOnCompletion");
  private static final int DEEPEST = 4;

  private final Mesh mesh = Mesh.of(Map.of());
  private final Set<String> seen = new TreeSet<>();
  private final List<String> raw = new ArrayList<>();

  @AfterEach
  void close() {
    mesh.close();
  }

  private Connection connection(CountedPool pool) {
    return MeshDataSource.builder(mesh, "orders")
        .primary(pool)
        .replica("r1", pool)
        .readRouting(ReadRouting.AUTO)
        .meterRegistry(new SimpleMeterRegistry())
        .build()
        .getConnection();
  }

  @Test
  void noMethodOfAnyLogicalObjectGivesAnObjectOfTheStubDriver() throws Exception {
    try (Connection connection = connection(new CountedPool(StubDriver::connection))) {
      walk(connection, "connection", StubDriver.Raw.class::isInstance, 0);
      walk(connection.prepareCall("{? = call f(?)}"), "call", StubDriver.Raw.class::isInstance, 0);
      walk(
          connection.prepareStatement("SELECT 1").executeQuery(),
          "result",
          StubDriver.Raw.class::isInstance,
          0);
    }

    assertThat(raw).isEmpty();
    assertThat(seen)
        .contains("Connection", "Statement", "ResultSet", "DatabaseMetaData", "Array")
        .contains("PreparedStatement", "CallableStatement");
  }

  @Test
  void noMethodOfAnyLogicalObjectGivesAnObjectOfH2() throws Exception {
    Predicate<Object> isRaw = object -> object.getClass().getName().startsWith("org.h2.");
    CountedPool pool = new CountedPool(H2.database("CREATE TABLE t(id INT)"));
    try (Connection connection = connection(pool)) {
      walk(connection, "connection", isRaw, 0);
      for (String sql : List.of("SELECT ARRAY[1, 2], 1", "EXPLAIN MESH SELECT 1")) {
        PreparedStatement prepared = connection.prepareStatement(sql);
        ResultSet rows = prepared.executeQuery();
        assertThat(rows.next()).isTrue();
        walk(rows, "rows", isRaw, 0);
      }
    }

    assertThat(raw).isEmpty();
    assertThat(pool.held()).isZero();
    assertThat(seen).contains("Connection", "Statement", "ResultSet", "DatabaseMetaData", "Array");
  }

  private void walk(@Nullable Object object, String path, Predicate<Object> isRaw, int depth)
      throws ReflectiveOperationException {
    if (object == null) {
      return;
    }
    for (Class<?> type : LEADING) {
      if (type.isInstance(object) && isRaw.test(object)) {
        raw.add(path);
        return;
      }
    }
    if (depth == DEEPEST) {
      return;
    }
    for (Class<?> type : jdbcTypes(object)) {
      seen.add(type.getSimpleName());
      for (Method method : type.getMethods()) {
        if (!ENDING.contains(method.getName())) {
          for (Object[] args : arguments(method)) {
            walk(answer(object, method, args), path + "." + method.getName(), isRaw, depth + 1);
          }
        }
      }
    }
  }

  private static List<Class<?>> jdbcTypes(Object object) {
    Map<String, Class<?>> types = new HashMap<>();
    for (Class<?> c = object.getClass(); c != null; c = c.getSuperclass()) {
      for (Class<?> type : c.getInterfaces()) {
        if (type.getName().startsWith("java.sql.")) {
          types.put(type.getName(), type);
        }
      }
    }
    return List.copyOf(types.values());
  }

  /** None, and the first column where a getter wants one. */
  private static List<Object[]> arguments(Method method) {
    Class<?>[] types = method.getParameterTypes();
    if (types.length == 0) {
      return List.<Object[]>of(new Object[0]);
    }
    if (types.length == 1 && types[0] == int.class && method.getName().startsWith("get")) {
      return List.<Object[]>of(new Object[] {1});
    }
    return List.of();
  }

  private static @Nullable Object answer(Object object, Method method, Object[] args)
      throws IllegalAccessException {
    try {
      return method.invoke(object, args);
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getTargetException();
      assertThat(thrown)
          .as(method.toString())
          .isInstanceOfAny(SQLException.class, UnsupportedOperationException.class);
      return null;
    }
  }
}
