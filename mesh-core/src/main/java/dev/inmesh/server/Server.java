package dev.inmesh.server;

import java.time.Duration;
import java.util.Objects;
import java.util.OptionalInt;

/**
 * One address of an upstream, with the attributes that nginx gives a {@code server} line.
 *
 * <p>Two entries with the same {@link #address()} are the same server: its state survives a change
 * of the attributes. Immutable and safe for concurrent use.
 *
 * @param host a host name, IPv4 or IPv6 literal (without brackets); lower case
 * @param port 1 to 65535; 0 for a server that has a name and no address, as a database's in a pool
 * @param weight share of the traffic relative to the other servers, 1 to 65535; default 1
 * @param maxConns attempts in flight at most, over all routes; 0 means no limit
 * @param maxFails failures within {@code failTimeout} that eject the server, as nginx counts them;
 *     0 turns passive ejection off for this server; empty leaves it to the upstream's outlier keys
 * @param failTimeout the window of {@code maxFails}, and how long the first such ejection lasts
 * @param backup used only when no other server can be
 * @param down never used; kept in the list so that it can be seen
 * @param drain no new attempts, running ones finish, as its registry asks for
 * @param zone where it runs, for {@code prefer-zone}; empty when unknown
 * @param region where it runs, for {@code region-fence}; empty when unknown
 */
public record Server(
    String host,
    int port,
    int weight,
    int maxConns,
    OptionalInt maxFails,
    Duration failTimeout,
    boolean backup,
    boolean down,
    boolean drain,
    String zone,
    String region) {

  /** The greatest weight that a server may have. */
  public static final int MAX_WEIGHT = 65_535;

  /** nginx's default for {@code fail_timeout}. */
  public static final Duration DEFAULT_FAIL_TIMEOUT = Duration.ofSeconds(10);

  /**
   * Checks the attributes.
   *
   * @throws IllegalArgumentException if one is outside its range
   */
  public Server {
    if (host.isEmpty()) {
      throw new IllegalArgumentException("host is empty");
    }
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port " + port + " is outside 0 to 65535");
    }
    if (weight < 1 || weight > MAX_WEIGHT) {
      throw new IllegalArgumentException("weight " + weight + " is outside 1 to " + MAX_WEIGHT);
    }
    if (maxConns < 0) {
      throw new IllegalArgumentException("max_conns " + maxConns + " is negative");
    }
    if (maxFails.isPresent() && maxFails.getAsInt() < 0) {
      throw new IllegalArgumentException("max_fails " + maxFails.getAsInt() + " is negative");
    }
    if (failTimeout.isNegative() || failTimeout.isZero()) {
      throw new IllegalArgumentException("fail_timeout " + failTimeout + " is not above 0");
    }
    Objects.requireNonNull(zone, "zone");
    Objects.requireNonNull(region, "region");
  }

  /** A server of weight 1 with no other attribute. */
  public static Server of(String host, int port) {
    return new Server(
        host, port, 1, 0, OptionalInt.empty(), DEFAULT_FAIL_TIMEOUT, false, false, false, "", "");
  }

  /**
   * What identifies the server: {@code host:port}, an IPv6 literal in brackets; the name alone
   * where there is no port.
   */
  public String address() {
    if (port == 0) {
      return host;
    }
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
