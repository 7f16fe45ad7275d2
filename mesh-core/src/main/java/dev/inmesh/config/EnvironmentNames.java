package dev.inmesh.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds the key that an environment variable means: {@code MESH_UPSTREAM_INVENTORY_TIMEOUT} is
 * {@code mesh.upstream.inventory.timeout}, if there is an upstream of that name.
 */
final class EnvironmentNames {

  static final String PREFIX = "MESH_";

  /** Declares the names of upstreams, which a variable's name alone can't always show. */
  static final String UPSTREAMS = "MESH_UPSTREAMS";

  /** The same of registries. */
  static final String DISCOVERIES = "MESH_DISCOVERIES";

  /** The same of databases. */
  static final String DATABASES = "MESH_JDBCS";

  private static final Pattern ONE_WORD_PRIMARY =
      Pattern.compile("MESH_JDBC_([A-Z][A-Z0-9]{0,62})_PRIMARY");
  private static final Pattern ONE_WORD_SERVERS =
      Pattern.compile("MESH_UPSTREAM_([A-Z][A-Z0-9]{0,62})_SERVERS");
  private static final Pattern ONE_WORD_TYPE =
      Pattern.compile("MESH_DISCOVERY_([A-Z][A-Z0-9]{0,62})_TYPE");

  private final Map<String, String> keys = new HashMap<>();

  private EnvironmentNames(List<Scope> scopes) {
    for (Scope scope : scopes) {
      for (Key<?> key : Grammar.keys()) {
        if (key.level().allows(scope.kind())) {
          String name = scope.key(key.name());
          keys.putIfAbsent(variable(name), name);
        }
      }
    }
  }

  /**
   * The names of all variables that have a meaning.
   *
   * @param upstreams that are declared or that other sources use
   * @param registries the same of them
   * @param databases the same of them
   * @param types of registries, which have keys of their own
   * @param environment in which a name of one word is declared by its {@code ..._SERVERS}, {@code
   *     ..._TYPE} or {@code ..._PRIMARY} alone
   */
  static EnvironmentNames of(
      Collection<String> upstreams,
      Collection<String> registries,
      Collection<String> databases,
      RegistryTypes types,
      Map<String, String> environment) {
    if (environment.isEmpty()) {
      return new EnvironmentNames(List.of());
    }
    List<Scope> scopes = new ArrayList<>(List.of(Scope.GLOBAL, Scope.DEFAULTS));
    names(upstreams, environment, ONE_WORD_SERVERS)
        .forEach(name -> scopes.add(Scope.upstream(name)));
    Set<String> ids = names(registries, environment, ONE_WORD_TYPE);
    ids.forEach(id -> scopes.add(Scope.registry(id)));
    names(databases, environment, ONE_WORD_PRIMARY)
        .forEach(name -> scopes.add(Scope.database(name)));
    EnvironmentNames names = new EnvironmentNames(scopes);
    for (String id : ids) {
      for (String key : types.allKeys()) {
        String name = Scope.registry(id).key(key);
        names.keys.putIfAbsent(variable(name), name);
      }
    }
    return names;
  }

  /** The longest goes first, so that a-b wins over a where both could be meant. */
  private static Set<String> names(
      Collection<String> known, Map<String, String> environment, Pattern declaration) {
    Set<String> names =
        new TreeSet<>(Comparator.comparing(String::length).reversed().thenComparing(name -> name));
    names.addAll(known);
    for (String variable : environment.keySet()) {
      Matcher declared = declaration.matcher(variable);
      if (declared.matches()) {
        names.add(declared.group(1).toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  /** The key, or nothing when the variable is none of ours. */
  Optional<String> key(String variable) {
    return Optional.ofNullable(keys.get(variable));
  }

  /** What to say about a variable that is none of ours; never its value. */
  String warning(String variable) {
    String hint = NearMiss.hint(variable, keys.keySet());
    return "environment variable "
        + Echo.key(variable)
        + " is unknown and ignored."
        + (hint.isEmpty() ? " For an upstream, declare its name in " + UPSTREAMS : hint);
  }

  /** {@code MESH_UPSTREAM_INVENTORY_TIMEOUT} for {@code mesh.upstream.inventory.timeout}. */
  static String variable(String key) {
    return key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
  }
}
