package dev.inmesh.jdbc;

import dev.inmesh.config.DatabaseServer;
import dev.inmesh.config.Redaction;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Map;
import java.util.Properties;

/** The JDBC drivers of the class path. */
final class Drivers {

  private static final Map<String, String> ARTIFACTS =
      Map.of(
          "postgresql", "org.postgresql:postgresql",
          "mariadb", "org.mariadb.jdbc:mariadb-java-client",
          "mysql", "com.mysql:mysql-connector-j",
          "h2", "com.h2database:h2");

  private Drivers() {}

  /**
   * Has a driver wait for a server that doesn't answer its login no longer than somebody waits for
   * the connection, so that no thread hangs there: whether it does, and is to be told when it is
   * there to wait again as long as it likes.
   */
  static boolean boundSockets(String url, Properties login, long nanos) {
    if (url.contains("socketTimeout")) {
      return false;
    }
    long millis = Math.max(1, nanos / 1_000_000);
    if (url.startsWith("jdbc:postgresql:")) {
      login.setProperty("socketTimeout", Long.toString((millis + 999) / 1000));
    } else if (url.startsWith("jdbc:mariadb:") || url.startsWith("jdbc:mysql:")) {
      login.setProperty("socketTimeout", Long.toString(millis));
    } else {
      return false;
    }
    return true;
  }

  /**
   * The driver of a server.
   *
   * @throws SQLException that says which artifact is missing
   */
  static Driver of(String database, DatabaseServer server) throws SQLException {
    String url = server.url();
    try {
      return DriverManager.getDriver(url);
    } catch (SQLException e) {
      // Its own message may show the URL with all that is in it.
      String kind = url.split(":", 3)[1];
      String artifact = ARTIFACTS.get(kind);
      throw new SQLNonTransientConnectionException(
          database
              + ": no driver on the class path takes "
              + Redaction.redact(url)
              + (artifact == null ? "; add the one of this database" : "; add " + artifact),
          "08001");
    }
  }
}
