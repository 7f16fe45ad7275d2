package dev.inmesh.jdbc;

import dev.inmesh.config.DatabaseServer;
import dev.inmesh.config.Redaction;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.Map;

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
