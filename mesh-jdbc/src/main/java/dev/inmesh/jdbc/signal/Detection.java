package dev.inmesh.jdbc.signal;

import dev.inmesh.config.DiskSource;
import dev.inmesh.config.ThrottleSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Chooses what is read: what the settings say, or the best that a server has. The database's own
 * times come first, since nobody else's work is among them; then the disks of the host, when it is
 * this one; then what waits right now.
 */
final class Detection {

  private final String database;
  private final Dedicated server;
  private final Path proc;
  private final Consumer<String> notices;

  Detection(String database, Dedicated server, Path proc, Consumer<String> notices) {
    this.database = database;
    this.server = server;
    this.proc = proc;
    this.notices = notices;
  }

  Source choose(ThrottleSettings settings) throws SQLException, AbsentException {
    return switch (settings.source()) {
      case AUTO, POSTGRESQL, MYSQL -> ofDatabase(settings);
      case HOST ->
          ofHost(settings, "")
              .orElseThrow(() -> new AbsentException("neither " + hostFiles() + " can be read"));
      case PROMETHEUS ->
          new Exporter(
              key("throttle.signal.url"), settings.url().orElse(""), settings.device(), notices);
      case SQL -> new OwnSql(key("throttle.signal.sql"), server, settings.sql().orElse(""));
      case FILE -> new OwnFile(key("throttle.signal.file"), Path.of(settings.file().orElse("")));
      case URL -> new OwnUrl(key("throttle.signal.url"), settings.url().orElse(""));
    };
  }

  private String hostFiles() {
    return HostDisks.file(proc) + " nor " + HostPressure.file(proc);
  }

  /**
   * @param mend what would be better; empty for nothing
   */
  private Optional<Source> ofHost(ThrottleSettings settings, String mend) {
    String after = mend.isEmpty() ? "" : " (" + mend + ")";
    if (Files.isReadable(HostDisks.file(proc))) {
      String disk = settings.device().orElse("the busiest disk");
      String what = HostDisks.file(proc) + ", " + disk + after;
      return Optional.of(new HostDisks(what, proc, settings.device(), notices));
    }
    String what = HostPressure.file(proc) + after;
    return Files.isReadable(HostPressure.file(proc))
        ? Optional.of(new HostPressure(what, proc))
        : Optional.empty();
  }

  private Source ofDatabase(ThrottleSettings settings) throws SQLException, AbsentException {
    Connection connection = server.connection();
    String name = String.valueOf(connection.getMetaData().getDatabaseProductName());
    DiskSource wanted = settings.source();
    String product = name.toLowerCase(Locale.ROOT);
    boolean any = wanted == DiskSource.AUTO;
    if (product.equals("postgresql") && (any || wanted == DiskSource.POSTGRESQL)) {
      return ofPostgres(settings);
    }
    if ((product.equals("mysql") || product.equals("mariadb"))
        && (any || wanted == DiskSource.MYSQL)) {
      return ofMySql(settings);
    }
    throw AbsentException.forGood(
        any
            ? name
                + " tells nothing of its disk; throttle.signal can be host, prometheus, sql, file or url"
            : key("throttle.signal")
                + " is "
                + wanted.name().toLowerCase(Locale.ROOT)
                + ", but the server is "
                + name
                + "; set it to auto");
  }

  private Source ofPostgres(ThrottleSettings settings) throws SQLException, AbsentException {
    int major = server.connection().getMetaData().getDatabaseMajorVersion();
    int minor = server.connection().getMetaData().getDatabaseMinorVersion();
    if (major * 1_00_00 + minor * 1_00 < PostgresFacts.OLDEST) {
      throw AbsentException.forGood("PostgreSQL " + major + "." + minor + " is older than 9.6");
    }
    PostgresFacts facts = PostgresFacts.of(server);
    Optional<PostgresView> timed = PostgresView.timed(facts);
    if (timed.isPresent()) {
      return new PostgresTimes(server, facts, timed.get(), notices);
    }
    boolean here =
        settings.source() == DiskSource.AUTO
            && new Here(proc).isPostgres(server.connection().getMetaData().getURL(), facts.pid());
    Optional<Source> host = here ? ofHost(settings, PostgresView.mend(facts)) : Optional.empty();
    if (host.isPresent()) {
      return host.get();
    }
    Optional<PostgresView> waits = PostgresView.waits(facts);
    if (waits.isPresent()) {
      return Glimpses.ofPostgres(server, waits.get());
    }
    throw new AbsentException(
        PostgresView.mend(facts) + ", or GRANT pg_read_all_stats TO " + facts.user());
  }

  private Source ofMySql(ThrottleSettings settings) throws SQLException, AbsentException {
    MySqlDetection detection = new MySqlDetection(server, notices);
    Optional<Source> timed = detection.timed();
    if (timed.isPresent()) {
      return timed.get();
    }
    boolean here =
        settings.source() == DiskSource.AUTO
            && new Here(proc)
                .isHost(server.connection().getMetaData().getURL(), detection.hostname());
    Optional<Source> host = here ? ofHost(settings, detection.mend()) : Optional.empty();
    return host.isPresent() ? host.get() : detection.pending();
  }

  private String key(String name) {
    return "mesh.jdbc." + database + "." + name;
  }
}
