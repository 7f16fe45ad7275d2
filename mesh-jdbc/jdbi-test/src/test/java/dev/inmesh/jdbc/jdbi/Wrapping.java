package dev.inmesh.jdbc.jdbi;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Puts a {@link WrappingDriver} before each driver of the process, so that Jdbi's tests, which know
 * nothing of it, get logical connections; {@code -Dinmesh.jdbi.bare=true} leaves them alone, to see
 * what the driver itself fails at. In the end it sees that they were used.
 */
public final class Wrapping implements LauncherSessionListener {

  private final boolean bare = Boolean.getBoolean("inmesh.jdbi.bare");
  private int wrapped;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (bare) {
      return;
    }
    List<Driver> drivers = Collections.list(DriverManager.getDrivers());
    try {
      for (Driver driver : drivers) {
        DriverManager.deregisterDriver(driver);
        DriverManager.registerDriver(new WrappingDriver(driver));
        wrapped++;
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    long connections =
        Collections.list(DriverManager.getDrivers()).stream()
            .filter(WrappingDriver.class::isInstance)
            .mapToLong(driver -> ((WrappingDriver) driver).connections.get())
            .sum();
    System.out.println(wrapped + " drivers wrapped, " + connections + " logical connections");
  }
}
