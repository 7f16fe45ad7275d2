package dev.inmesh.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The full name of a key, taken apart: {@code mesh.upstream.inventory.timeout}. */
record KeyName(Scope scope, Key<?> key) {

  static final String PREFIX = "mesh.";

  private static final String DEFAULTS = "mesh.defaults.";
  private static final String UPSTREAM = "mesh.upstream.";
  private static final String REGISTRY = "mesh.discovery.";
  private static final String DATABASE = "mesh.jdbc.";
  private static final String ROUTE = "route.";
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");
  private static final Set<String> RESERVED = Set.of("default", "defaults", "all", "global");

  /**
   * Takes a name apart.
   *
   * @param types of the registries, which have keys of their own
   */
  static KeyName parse(String text, RegistryTypes types) throws Refused {
    if (text.startsWith(REGISTRY)) {
      return parseRegistry(text, types);
    }
    if (text.startsWith(DATABASE)) {
      return parseDatabase(text);
    }
    if (text.startsWith(DEFAULTS)) {
      return of(Scope.DEFAULTS, text.substring(DEFAULTS.length()), text);
    }
    if (text.startsWith(UPSTREAM)) {
      return parseUpstream(text);
    }
    if (text.startsWith(PREFIX)) {
      return of(Scope.GLOBAL, text.substring(PREFIX.length()), text);
    }
    throw new Refused(ProblemCode.UNKNOWN_KEY, "unknown key; all keys start with 'mesh.'");
  }

  private static KeyName parseRegistry(String text, RegistryTypes types) throws Refused {
    int dot = text.indexOf('.', REGISTRY.length());
    if (dot < 0) {
      throw unknown(Scope.GLOBAL, text);
    }
    String id = text.substring(REGISTRY.length(), dot);
    checkForm("a registry", id);
    Optional<Key<?>> key = types.key(id, text.substring(dot + 1));
    if (key.isEmpty()) {
      List<String> names = types.keys(id).stream().map(Scope.registry(id)::key).toList();
      String hint = NearMiss.hint(text, names);
      throw new Refused(
          ProblemCode.UNKNOWN_KEY,
          "unknown key."
              + (hint.isEmpty() ? " Keys of this type: " + String.join(", ", names) : hint));
    }
    return new KeyName(Scope.registry(id), key.get());
  }

  /** The registry that a key's name speaks of, whether or not the key is known. */
  static Optional<String> registry(String text) {
    return named(REGISTRY, text);
  }

  static void checkRegistry(String id) throws Refused {
    checkForm("a registry", id);
  }

  private static KeyName parseDatabase(String text) throws Refused {
    int dot = text.indexOf('.', DATABASE.length());
    if (dot < 0) {
      throw unknown(Scope.GLOBAL, text);
    }
    String name = text.substring(DATABASE.length(), dot);
    checkDatabase(name);
    return of(Scope.database(name), text.substring(dot + 1), text);
  }

  /** The database that a key's name speaks of, whether or not the key is known. */
  static Optional<String> database(String text) {
    return named(DATABASE, text);
  }

  static void checkDatabase(String name) throws Refused {
    checkForm("a database", name);
  }

  private static Optional<String> named(String prefix, String text) {
    int dot = text.startsWith(prefix) ? text.indexOf('.', prefix.length()) : -1;
    return Optional.of(dot < 0 ? "" : text.substring(prefix.length(), dot))
        .filter(name -> NAME.matcher(name).matches());
  }

  private static KeyName parseUpstream(String text) throws Refused {
    int dot = text.indexOf('.', UPSTREAM.length());
    if (dot < 0) {
      throw unknown(Scope.GLOBAL, text);
    }
    String upstream = text.substring(UPSTREAM.length(), dot);
    checkUpstream(upstream);
    String name = text.substring(dot + 1);
    int end = name.startsWith(ROUTE) ? name.indexOf('.', ROUTE.length()) : -1;
    if (end < 0) {
      return of(Scope.upstream(upstream), name, text);
    }
    String route = name.substring(ROUTE.length(), end);
    checkForm("a route", route);
    return of(Scope.route(upstream, route), name.substring(end + 1), text);
  }

  private static KeyName of(Scope scope, String name, String text) throws Refused {
    Optional<Key<?>> key = Grammar.key(scope.kind(), name);
    if (key.isEmpty()) {
      throw unknown(scope, text);
    }
    return new KeyName(scope, key.get());
  }

  /** The upstream that a key's name speaks of, whether or not the key is known. */
  static Optional<String> upstream(String text) {
    return named(UPSTREAM, text).filter(name -> !RESERVED.contains(name));
  }

  static void checkUpstream(String name) throws Refused {
    if (RESERVED.contains(name)) {
      throw new Refused(
          ProblemCode.BAD_NAME,
          "'" + name + "' is reserved; for every upstream write mesh.defaults.<key>");
    }
    checkForm("an upstream", name);
  }

  private static void checkForm(String what, String name) throws Refused {
    if (!NAME.matcher(name).matches()) {
      throw new Refused(
          ProblemCode.BAD_NAME,
          Echo.quoted(name)
              + " is no name for "
              + what
              + "; write a-z, 0-9 and '-', a letter first, 63 at most");
    }
  }

  private static Refused unknown(Scope scope, String text) {
    Optional<String> elsewhere = elsewhere(scope, text);
    if (elsewhere.isPresent()) {
      return new Refused(
          ProblemCode.UNKNOWN_KEY, "unknown key here; write '" + elsewhere.get() + "'");
    }
    String lower = text.length() > Echo.KEY_LENGTH ? "" : text.toLowerCase(Locale.ROOT);
    String hint = NearMiss.hint(lower, candidates(lower));
    return new Refused(
        ProblemCode.UNKNOWN_KEY,
        hint.isEmpty() ? "unknown key; --list-keys shows the known ones" : "unknown key." + hint);
  }

  /** Where the key could stand, if it is only its level that is wrong. */
  private static Optional<String> elsewhere(Scope scope, String text) {
    String name = text.substring(scope.key("").length());
    boolean anywhere = scope.upstream().isEmpty();
    if (scope.kind() == Scope.Kind.DATABASE) {
      return Optional.empty();
    }
    Scope upstream = Scope.upstream(anywhere ? "<name>" : scope.upstream());
    Scope route = Scope.route(upstream.upstream(), "<route>");
    List<Scope> others =
        anywhere
            ? List.of(Scope.DEFAULTS, upstream, route, Scope.GLOBAL)
            : List.of(upstream, route, Scope.DEFAULTS, Scope.GLOBAL);
    return others.stream()
        .filter(other -> Grammar.key(other.kind(), name).isPresent())
        .map(other -> other.key(name))
        .findFirst();
  }

  private static List<String> candidates(String text) {
    String[] parts = text.split("\\.", 6);
    List<Scope> scopes = new ArrayList<>(List.of(Scope.GLOBAL, Scope.DEFAULTS));
    // What becomes part of a suggestion must be a name, so that it can be shown.
    boolean named = parts.length > 3 && NAME.matcher(parts[2]).matches();
    if (named) {
      scopes.add(Scope.upstream(parts[2]));
      scopes.add(Scope.database(parts[2]));
    }
    if (named && parts.length > 5 && NAME.matcher(parts[4]).matches()) {
      scopes.add(Scope.route(parts[2], parts[4]));
    }
    List<String> names = new ArrayList<>();
    for (Scope scope : scopes) {
      for (Key<?> key : Grammar.keys()) {
        if (key.level().allows(scope.kind())) {
          names.add(scope.key(key.name()));
        }
      }
    }
    return names;
  }
}
