package dev.inmesh.jdbc.jdbi;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/**
 * Puts a {@link WrappingDriver} in the place of each driver of the process, so that Jdbi's tests,
 * which know nothing of it, get connections of {@code jdbc:mesh:}; {@code -Dinmesh.jdbi.bare=true}
 * leaves them alone, to see what the driver itself fails at. In the end it sees that they were
 * used.
 */
public final class Wrapping implements LauncherSessionListener {

  private final boolean bare = Boolean.getBoolean("inmesh.jdbi.bare");
  private int wrapped;

  /** Of all tests there are more than a thousand; of one that is run alone, some. */
  private static final int FEWEST = 1;

  @Override
  public void launcherSessionOpened(LauncherSession session) {
    if (bare) {
      return;
    }
    List<Driver> drivers = Collections.list(DriverManager.getDrivers());
    try {
      for (Driver driver : drivers) {
        if (!driver.acceptsURL("jdbc:mesh:any")) {
          DriverManager.deregisterDriver(driver);
          DriverManager.registerDriver(new WrappingDriver(driver));
          DriverManager.registerDriver(new BareDriver(driver));
          wrapped++;
        }
      }
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void launcherSessionClosed(LauncherSession session) {
    if (wrapped > 0 && WrappingDriver.CONNECTIONS.get() < FEWEST) {
      throw new IllegalStateException(
          "only " + WrappingDriver.CONNECTIONS + " connections of jdbc:mesh: were asked for");
    }
    System.out.println(
        wrapped + " drivers wrapped, " + WrappingDriver.CONNECTIONS + " connections of jdbc:mesh:");
  }
}
