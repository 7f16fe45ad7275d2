package dev.inmesh.jdbc.jdbi;

import dev.inmesh.Mesh;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Stands in the place of another driver: each database that is asked for becomes one of {@code
 * jdbc:mesh:}, with the other driver's as its primary and, by another name, as its replica.
 */
final class WrappingDriver implements Driver {

  private static final Map<String, String> NAMES = new HashMap<>();

  static final AtomicInteger CONNECTIONS = new AtomicInteger();

  private final Driver wrapped;

  WrappingDriver(Driver wrapped) {
    this.wrapped = wrapped;
  }

  @Override
  public @Nullable Connection connect(String url, Properties properties) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    CONNECTIONS.incrementAndGet();
    return DriverManager.getConnection("jdbc:mesh:" + name(url), properties);
  }

  private static String name(String url) {
    synchronized (NAMES) {
      String known = NAMES.get(url);
      if (known != null) {
        return known;
      }
      String name = "jdbi" + NAMES.size();
      // A database in memory must outlive its last connection, which a logical one gives back.
      boolean shared = url.startsWith("jdbc:h2:mem:") && !url.equals("jdbc:h2:mem:");
      String bare = url.substring("jdbc:".length()) + (shared ? ";DB_CLOSE_DELAY=-1" : "");
      String key = "mesh.jdbc." + name + ".";
      System.setProperty(key + "primary", BareDriver.PREFIX + "primary:" + bare);
      System.setProperty(key + "read-routing", "auto");
      System.setProperty(key + "consistency", "none");
      if (shared) {
        System.setProperty(key + "replicas", BareDriver.PREFIX + "replica:" + bare);
      }
      if (!Mesh.global().reload().problems().isEmpty()) {
        throw new IllegalStateException(Mesh.global().reload().problems().toString());
      }
      NAMES.put(url, name);
      return name;
    }
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    return wrapped.acceptsURL(url);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties)
      throws SQLException {
    return wrapped.getPropertyInfo(url, properties);
  }

  @Override
  public int getMajorVersion() {
    return wrapped.getMajorVersion();
  }

  @Override
  public int getMinorVersion() {
    return wrapped.getMinorVersion();
  }

  @Override
  public boolean jdbcCompliant() {
    return wrapped.jdbcCompliant();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return wrapped.getParentLogger();
  }
}
