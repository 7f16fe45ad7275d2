package dev.inmesh.registry;

import dev.inmesh.server.Server;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * What is known of an upstream's list, for whoever only reads: nobody waits while a list is
 * checked.
 *
 * @param registry its id
 * @param servers those to be used; null while there was no list
 * @param confirmedAt when the registry last confirmed the list
 * @param expired whether the list was dropped for its age
 * @param trouble why the registry says nothing, or nothing that could be used; empty if it does
 */
record ListState(
    String registry,
    @Nullable List<Server> servers,
    long confirmedAt,
    boolean expired,
    String trouble) {

  private static final long SECOND = 1_000_000_000;

  Optional<List<Server>> known() {
    return Optional.ofNullable(servers);
  }

  /** Seconds since the registry last confirmed its list. */
  OptionalDouble age(long now) {
    return servers == null
        ? OptionalDouble.empty()
        : OptionalDouble.of((now - confirmedAt) / (double) SECOND);
  }

  /** {@code list from dns 4s ago}, for messages. */
  String words(long now) {
    String why = trouble.isEmpty() ? "" : " (" + trouble + ")";
    if (servers == null) {
      return "no list from " + registry + " yet" + why;
    }
    return "list from "
        + registry
        + " "
        + (now - confirmedAt) / SECOND
        + "s ago"
        + (expired ? ", older than discovery.max-stale" : "")
        + why;
  }
}
