package dev.inmesh.config;

import java.util.Optional;

/**
 * What a key is set for: the mesh, a registry, a database, all upstreams, one upstream or one route
 * of it.
 *
 * @param registry empty but for a registry
 * @param database empty but for a database
 * @param upstream empty but for an upstream or a route
 * @param route empty but for a route
 */
record Scope(Kind kind, String registry, String database, String upstream, String route) {

  enum Kind {
    GLOBAL,
    REGISTRY,
    DATABASE,
    DEFAULTS,
    UPSTREAM,
    ROUTE
  }

  static final Scope GLOBAL = new Scope(Kind.GLOBAL, "", "", "", "");
  static final Scope DEFAULTS = new Scope(Kind.DEFAULTS, "", "", "", "");

  static Scope registry(String id) {
    return new Scope(Kind.REGISTRY, id, "", "", "");
  }

  static Scope database(String name) {
    return new Scope(Kind.DATABASE, "", name, "", "");
  }

  static Scope upstream(String name) {
    return new Scope(Kind.UPSTREAM, "", "", name, "");
  }

  static Scope route(String upstream, String route) {
    return new Scope(Kind.ROUTE, "", "", upstream, route);
  }

  /** The full name of a key here. */
  String key(String name) {
    return switch (kind) {
      case GLOBAL -> "mesh." + name;
      case REGISTRY -> "mesh.discovery." + registry + "." + name;
      case DATABASE -> "mesh.jdbc." + database + "." + name;
      case DEFAULTS -> "mesh.defaults." + name;
      case UPSTREAM -> "mesh.upstream." + upstream + "." + name;
      case ROUTE -> "mesh.upstream." + upstream + ".route." + route + "." + name;
    };
  }

  /** The next less specific scope, which says what is not said here. */
  Optional<Scope> parent() {
    return switch (kind) {
      case GLOBAL, REGISTRY, DATABASE, DEFAULTS -> Optional.empty();
      case UPSTREAM -> Optional.of(DEFAULTS);
      case ROUTE -> Optional.of(upstream(upstream));
    };
  }
}
