package dev.inmesh.jdkhttp;

import dev.inmesh.engine.ListDifference;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.Server;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The names of an upstream's servers, held so that the resolver keeps them. Not safe for concurrent
 * use.
 */
final class HeldNames {

  private final Map<Server, Resolver.Name> names = new HashMap<>();
  private List<Server> servers = List.of();

  /** Looks new ones up ahead, and lets go of those that have left. */
  void apply(List<Server> now, Resolver resolver) {
    ListDifference change = ListDifference.between(servers, now);
    servers = now;
    // In this order: one that has moved is in both.
    change.left().forEach(names::remove);
    change.joined().forEach(server -> names.put(server, resolver.name(server.host())));
  }
}
