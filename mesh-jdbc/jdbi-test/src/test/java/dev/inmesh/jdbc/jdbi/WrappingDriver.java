package dev.inmesh.jdbc.jdbi;

import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import dev.inmesh.jdbc.ReadRouting;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * Stands before another driver: what it opens are logical connections, whose physical ones are the
 * other's, by two names: reads go to one as a replica, and the rest to the other.
 */
final class WrappingDriver implements Driver {

  private final Driver wrapped;
  private final Mesh mesh = Mesh.of(Map.of());
  final AtomicInteger connections = new AtomicInteger();

  WrappingDriver(Driver wrapped) {
    this.wrapped = wrapped;
  }

  @Override
  public @Nullable Connection connect(String url, Properties properties) throws SQLException {
    if (!acceptsURL(url)) {
      return null;
    }
    connections.incrementAndGet();
    // A database in memory must outlive its last connection, which a logical one gives back.
    boolean named = url.startsWith("jdbc:h2:mem:") && !url.equals("jdbc:h2:mem:");
    String kept = named ? url + ";DB_CLOSE_DELAY=-1" : url;
    DataSource server = new Server(kept, properties);
    MeshDataSource.Builder builder = MeshDataSource.builder(mesh, "jdbi").primary(server);
    return (named ? builder.replica("r1", server).readRouting(ReadRouting.AUTO) : builder)
        .build()
        .getConnection();
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

  /** The wrapped driver as a pool that keeps nothing. */
  private final class Server implements DataSource {

    private final String url;
    private final Properties properties;

    Server(String url, Properties properties) {
      this.url = url;
      this.properties = properties;
    }

    @Override
    public Connection getConnection() throws SQLException {
      return wrapped.connect(url, properties);
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public PrintWriter getLogWriter() throws SQLException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLogWriter(PrintWriter out) throws SQLException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public int getLoginTimeout() throws SQLException {
      throw new SQLFeatureNotSupportedException();
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
      return wrapped.getParentLogger();
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
      throw new SQLException("no " + type);
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
      return false;
    }
  }
}
