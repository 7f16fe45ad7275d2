package dev.inmesh.discovery.dns;

import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** The keys of {@code dns} and {@code dns-srv}. */
final class DnsKeys {

  static final SourceKey<List<String>> ADDRESS =
      SourceKey.addresses(
          "address", "The name servers, asked in this order; the system's if unset.");

  static final SourceKey<Duration> TIMEOUT =
      SourceKey.duration(
          "timeout",
          Duration.ofMillis(10),
          Duration.ofMinutes(1),
          "2s",
          "One query to one of them.");

  static final SourceKey<Duration> MIN_TTL =
      SourceKey.duration(
          "min-ttl",
          Duration.ofMillis(100),
          Duration.ofHours(1),
          "1s",
          "An answer that holds for less is not asked for more often.");

  static final SourceKey<Duration> MAX_TTL =
      SourceKey.duration(
          "max-ttl",
          Duration.ofMillis(100),
          Duration.ofDays(1),
          "1h",
          "An answer that holds for longer is asked for again all the same.");

  static final SourceKey<String> FAMILY =
      SourceKey.word(
          "family",
          List.of("any", "ipv4", "ipv6"),
          "Which addresses count; any is IPv4, or IPv6 where there is none.");

  static final SourceKey<Integer> PORT =
      SourceKey.count(
          "port", 0, 65_535, "0", "The servers' port, where the service names none as name:port.");

  private static final Pattern NAME =
      Pattern.compile("(?=.{1,254}$)[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*\\.?");

  private DnsKeys() {}

  /** Why a text can't be looked up. */
  static Optional<String> refusal(String name) {
    return NAME.matcher(name).matches()
        ? Optional.empty()
        : Optional.of("is no name in DNS; set discovery.service to one like inventory.example.no");
  }

  static Schedule schedule(SourceSettings settings) {
    return new Schedule(settings.value(MIN_TTL), settings.value(MAX_TTL));
  }

  static Lookup lookup(SourceSettings settings) {
    return new Lookup(new DnsClient(settings.value(ADDRESS), settings.value(TIMEOUT)));
  }
}
