package dev.inmesh.jdbc.jdbi;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Another driver under names of our own: {@code jdbc:bare:<any>:h2:mem:a} is its {@code
 * jdbc:h2:mem:a}.
 */
final class BareDriver implements Driver {

  static final String PREFIX = "jdbc:bare:";

  private final Driver driver;

  BareDriver(Driver driver) {
    this.driver = driver;
  }

  private static String url(String ours) {
    return "jdbc:" + ours.substring(ours.indexOf(':', PREFIX.length()) + 1);
  }

  @Override
  public @Nullable Connection connect(String url, Properties properties) throws SQLException {
    return acceptsURL(url) ? driver.connect(url(url), properties) : null;
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    return url.startsWith(PREFIX) && driver.acceptsURL(url(url));
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return driver.getMajorVersion();
  }

  @Override
  public int getMinorVersion() {
    return driver.getMinorVersion();
  }

  @Override
  public boolean jdbcCompliant() {
    return driver.jdbcCompliant();
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    return driver.getParentLogger();
  }
}
