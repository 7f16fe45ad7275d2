package dev.inmesh.config;

/** Where a key can stand. */
enum Level {
  /** {@code mesh.<key>}. */
  GLOBAL("global"),
  /** {@code mesh.discovery.<id>.<key>}. */
  REGISTRY("registry"),
  /** {@code mesh.jdbc.<name>.<key>}. */
  DATABASE("jdbc"),
  /** {@code mesh.upstream.<name>.<key>} only. */
  ONE_UPSTREAM("upstream"),
  /** {@code mesh.defaults.<key>} and {@code mesh.upstream.<name>.<key>}. */
  UPSTREAM("defaults, upstream"),
  /** The same, and {@code mesh.upstream.<name>.route.<route>.<key>}. */
  ROUTE("defaults, upstream, route"),
  /** {@code mesh.upstream.<name>.route.<route>.<key>} only. */
  ONE_ROUTE("route");

  private final String words;

  Level(String words) {
    this.words = words;
  }

  boolean allows(Scope.Kind kind) {
    return switch (kind) {
      case GLOBAL -> this == GLOBAL;
      case REGISTRY -> this == REGISTRY;
      case DATABASE -> this == DATABASE;
      case DEFAULTS -> this == UPSTREAM || this == ROUTE;
      case UPSTREAM -> this == ONE_UPSTREAM || this == UPSTREAM || this == ROUTE;
      case ROUTE -> this == ROUTE || this == ONE_ROUTE;
    };
  }

  /** For the reference page. */
  String words() {
    return words;
  }

  /** The beginning of the key's name in a list of keys. */
  String prefix() {
    return switch (this) {
      case GLOBAL -> "mesh.";
      case REGISTRY -> "mesh.discovery.<id>.";
      case DATABASE -> "mesh.jdbc.<name>.";
      case ONE_UPSTREAM, UPSTREAM, ROUTE -> "mesh.upstream.<name>.";
      case ONE_ROUTE -> "mesh.upstream.<name>.route.<route>.";
    };
  }
}
