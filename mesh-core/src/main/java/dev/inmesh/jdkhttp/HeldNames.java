package dev.inmesh.jdkhttp;

import dev.inmesh.http.ListDifference;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.Server;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * The names of an upstream's servers, held so that the resolver keeps them. Not safe for concurrent
 * use.
 */
final class HeldNames {

  private final IdentityHashMap<Server, Resolver.Name> names = new IdentityHashMap<>();
  private List<Server> servers = List.of();

  /** Looks new ones up ahead, and lets go of those that have left. */
  void apply(List<Server> now, Resolver resolver) {
    ListDifference change = ListDifference.between(servers, now);
    servers = now;
    change.joined().forEach(server -> names.put(server, resolver.name(server.host())));
    change.left().forEach(names::remove);
  }
}
