package dev.inmesh.jdbc;

import dev.inmesh.Mesh;
import dev.inmesh.config.MeshConfigException;
import dev.inmesh.config.Redaction;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The driver {@code jdbc:mesh:<name>}: logical connections to the database that {@code
 * mesh.jdbc.<name>.primary} and {@code .replicas} name, on {@link Mesh#global()}. For a pool, or a
 * framework, that wants a URL.
 *
 * <pre>{@code
 * // -Dmesh.jdbc.orders.primary=jdbc:postgresql://db1/orders
 * // -Dmesh.jdbc.orders.replicas="jdbc:postgresql://db2/orders weight=2, jdbc:postgresql://db3/orders"
 * // -Dmesh.jdbc.orders.user=app -Dmesh.jdbc.orders.password=...
 * Connection connection = DriverManager.getConnection("jdbc:mesh:orders");
 * }</pre>
 *
 * <p>A {@code user} and {@code password} among the properties of a connection stand in for those of
 * the keys. Safe for concurrent use.
 */
public final class MeshDriver implements Driver {

  /** Why the mesh of the process can't be made. */
  private static volatile @Nullable String refusal;

  private static final String PREFIX = "jdbc:mesh:";

  static {
    try {
      DriverManager.registerDriver(new MeshDriver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** For the service loader, and for pools that are given the name of the class. */
  public MeshDriver() {}

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    String user = info.getProperty("user");
    String password = info.getProperty("password");
    Credentials credentials =
        user == null && password == null ? Credentials.OF_THE_POOL : Credentials.of(user, password);
    return new Session(cluster(url), credentials).proxy();
  }

  private static Cluster cluster(String url) throws SQLException {
    String name = url.substring(PREFIX.length());
    if (!name.matches("[a-z][a-z0-9-]{0,62}")) {
      throw new SQLNonTransientConnectionException(
          Redaction.redact(url)
              + " is not of the form jdbc:mesh:<name>; what else is to be said of the database"
              + " stands in mesh.jdbc.<name>.*",
          "08001");
    }
    try {
      return ConfiguredDatabases.of(Mesh.global().engineHost()).cluster(name);
    } catch (MeshConfigException | ExceptionInInitializerError | NoClassDefFoundError e) {
      throw new SQLNonTransientConnectionException(
          url + ": the configuration of the mesh is refused: " + why(e), "08001", e);
    }
  }

  /** Only the first one who asks for the mesh of the process hears why it can't be. */
  private static String why(Throwable thrown) {
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof MeshConfigException refused) {
        refusal = refused.getMessage();
      }
    }
    return refusal == null ? thrown.toString() : refusal;
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(PREFIX);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 0;
  }

  @Override
  public int getMinorVersion() {
    return 1;
  }

  /** It is as good as the driver below. */
  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() {
    return Logger.getLogger("dev.inmesh.jdbc");
  }
}
