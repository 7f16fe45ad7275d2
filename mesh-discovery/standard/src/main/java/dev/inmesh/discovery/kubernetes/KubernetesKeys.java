package dev.inmesh.discovery.kubernetes;

import dev.inmesh.discovery.http.HttpKeys;
import dev.inmesh.server.SourceKey;
import java.time.Duration;
import java.util.List;

/** The keys of {@code kubernetes}. */
final class KubernetesKeys {

  static final SourceKey<String> TLS =
      SourceKey.word("tls", List.of("on", "off"), "Whether the API server is spoken to over TLS.");

  static final SourceKey<String> CA_FILE =
      SourceKey.text(
          "ca-file", "Who vouches for it: certificates as PEM; the service account's if unset.");

  static final SourceKey<String> TOKEN =
      SourceKey.secret("token", "The token; that of token-file if unset.");

  static final SourceKey<String> TOKEN_FILE =
      SourceKey.text(
          "token-file", "The file of the token, read each time; the service account's if unset.");

  static final SourceKey<String> NAMESPACE =
      SourceKey.text(
          "namespace",
          "The namespace of services without one in their name; the service account's if unset.");

  static final SourceKey<String> FAMILY =
      SourceKey.word(
          "family",
          List.of("any", "ipv4", "ipv6"),
          "Which addresses count; any is IPv4, or IPv6 where there is none.");

  static final SourceKey<Duration> WATCH =
      SourceKey.duration(
          "watch",
          Duration.ofSeconds(1),
          Duration.ofHours(1),
          "30s",
          "How long a watch goes on before it is begun anew.");

  private KubernetesKeys() {}

  static List<SourceKey<?>> all() {
    return List.of(
        HttpKeys.ADDRESS,
        TLS,
        CA_FILE,
        HttpKeys.CONNECT_TIMEOUT,
        HttpKeys.TIMEOUT,
        TOKEN,
        TOKEN_FILE,
        NAMESPACE,
        FAMILY,
        WATCH);
  }
}
