package dev.inmesh.discovery.http;

import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.time.Duration;
import java.util.List;

/** The keys that all registries over HTTP have. */
public final class HttpKeys {

  /** Where the registry is; a type says what stands for none. */
  public static final SourceKey<List<String>> ADDRESS =
      SourceKey.addresses(
          "address", "Where the registry is; one that fails is left for the next one.");

  /** Whether it is spoken to over TLS; a {@link #CA_FILE} says so too. */
  public static final SourceKey<String> TLS =
      SourceKey.word("tls", List.of("off", "on"), "Whether it is spoken to over TLS.");

  /** Who vouches for it. */
  public static final SourceKey<String> CA_FILE =
      SourceKey.text(
          "ca-file",
          "Who vouches for it: certificates as PEM, instead of the JVM's; turns TLS on.");

  /** How long a connection may take. */
  public static final SourceKey<Duration> CONNECT_TIMEOUT =
      SourceKey.duration(
          "connect-timeout",
          Duration.ofMillis(10),
          Duration.ofMinutes(1),
          "1s",
          "How long a connection to one address may take.");

  /** How long an answer may take. */
  public static final SourceKey<Duration> TIMEOUT =
      SourceKey.duration(
          "timeout",
          Duration.ofMillis(10),
          Duration.ofMinutes(5),
          "5s",
          "How long an answer may take to its last byte, beside what it is asked to wait.");

  private HttpKeys() {}

  /** All of them. */
  public static List<SourceKey<?>> all() {
    return List.of(ADDRESS, TLS, CA_FILE, CONNECT_TIMEOUT, TIMEOUT);
  }

  /**
   * A client of these settings.
   *
   * @param otherwise the address if none is set
   */
  public static RegistryHttp client(
      SourceSettings settings, String otherwise, Credentials credentials) {
    List<String> addresses = settings.value(ADDRESS);
    return client(settings, addresses.isEmpty() ? List.of(otherwise) : addresses, credentials);
  }

  /** The same of the first address alone. */
  public static RegistryHttp clientOfFirst(
      SourceSettings settings, String otherwise, Credentials credentials) {
    List<String> addresses = settings.value(ADDRESS);
    String first = addresses.isEmpty() ? otherwise : addresses.get(0);
    return client(settings, List.of(first), credentials);
  }

  private static RegistryHttp client(
      SourceSettings settings, List<String> addresses, Credentials credentials) {
    return new RegistryHttp(
        new RegistryHttp.Place(
            settings.id(),
            addresses,
            settings.value(TLS).equals("on") || !settings.value(CA_FILE).isEmpty(),
            settings.value(CA_FILE),
            settings.value(CONNECT_TIMEOUT),
            settings.value(TIMEOUT)),
        credentials);
  }
}
