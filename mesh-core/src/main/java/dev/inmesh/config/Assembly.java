package dev.inmesh.config;

import dev.inmesh.config.Resolution.Written;
import dev.inmesh.config.UpstreamSettings.Discovery;
import dev.inmesh.server.AddressLiteral;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Server;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Makes the settings of the mesh from the keys, and checks what concerns several upstreams. */
final class Assembly {

  private final Resolution keys;
  private final RegistryTypes types;
  private final FileWatch files;
  private final Problems problems;

  Assembly(Resolution keys, RegistryTypes types, FileWatch files, Problems problems) {
    this.keys = keys;
    this.types = types;
    this.files = files;
    this.problems = problems;
  }

  MeshSettings settings(boolean configured) {
    Map<String, RegistrySettings> registries =
        new RegistryAssembly(keys, types, problems).registries();
    Map<String, UpstreamSettings> upstreams = upstreams();
    upstreams.values().forEach(upstream -> checkRegistry(upstream, registries));
    return new MeshSettings(
        keys.value(Scope.GLOBAL, Grammar.ENABLED),
        configured,
        keys.value(Scope.GLOBAL, Grammar.ZONE).orElse(""),
        keys.value(Scope.GLOBAL, Grammar.REGION).orElse(""),
        allowedNetworks(),
        keys.value(Scope.GLOBAL, Grammar.METRICS_PER_SERVER),
        keys.value(Scope.GLOBAL, Grammar.METRICS_MAX_SERVERS),
        keys.value(Scope.GLOBAL, Grammar.DEADLINE_INBOUND_HEADERS),
        keys.value(Scope.GLOBAL, Grammar.DEADLINE_OUTBOUND_HEADER).orElse(""),
        registries,
        upstreams,
        new DatabaseAssembly(keys, problems).databases());
  }

  private AllowedNetworks allowedNetworks() {
    return keys.value(Scope.GLOBAL, Grammar.ALLOWED_NETWORKS)
        .map(AllowedNetworks::of)
        .orElse(AllowedNetworks.ANY);
  }

  private Map<String, UpstreamSettings> upstreams() {
    Map<String, Set<String>> routesByName = new TreeMap<>();
    Map<String, Setting> firstSettings = new HashMap<>();
    for (Written written : keys.all()) {
      Scope scope = written.name().scope();
      if (!scope.upstream().isEmpty()) {
        Set<String> routes = routesByName.computeIfAbsent(scope.upstream(), n -> new TreeSet<>());
        firstSettings.putIfAbsent(scope.upstream(), written.setting());
        if (!scope.route().isEmpty()) {
          routes.add(scope.route());
        }
      }
    }
    Map<String, UpstreamSettings> upstreams = new TreeMap<>();
    routesByName.forEach((name, routes) -> upstreams.put(name, upstream(name, routes)));
    firstSettings.forEach((name, setting) -> checkServers(name, setting, routesByName.keySet()));
    checkHosts(upstreams);
    upstreams.values().forEach(this::checkNetworks);
    return Collections.unmodifiableMap(upstreams);
  }

  private UpstreamSettings upstream(String name, Set<String> routeNames) {
    Scope scope = Scope.upstream(name);
    List<UpstreamSettings> routes =
        routeNames.stream().map(route -> settings(Scope.route(name, route), List.of())).toList();
    checkMatches(routes);
    return settings(scope, routes);
  }

  private UpstreamSettings settings(Scope scope, List<UpstreamSettings> routes) {
    return new ScopeAssembly(scope, keys, files, problems).settings(routes);
  }

  private void checkServers(String name, Setting setting, Set<String> names) {
    Key<List<Server>> servers = Grammar.SERVERS;
    Scope scope = Scope.upstream(name);
    if (keys.written(scope, servers).isEmpty()
        && keys.value(scope, Grammar.DISCOVERY).isEmpty()
        && (keys.written(scope, Grammar.DISCOVERY).isEmpty()
            || keys.find(scope, Grammar.DISCOVERY).isPresent())
        // Written under a name that is wrong: one problem, which says what was meant.
        && !problems.name("'" + scope.key(servers.name()) + "'")) {
      Set<String> others = new TreeSet<>(names);
      others.remove(name);
      problems.add(
          setting,
          ProblemCode.MISSING,
          "upstream '"
              + name
              + "' has no servers; set "
              + scope.key(servers.name())
              + " or ."
              + Grammar.DISCOVERY.name()
              + NearMiss.of(name, others).map(o -> ". Did you mean '" + o + "'?").orElse(""));
    }
  }

  private void checkRegistry(UpstreamSettings upstream, Map<String, RegistrySettings> registries) {
    if (upstream.discovery().isEmpty()) {
      return;
    }
    Discovery discovery = upstream.discovery().get();
    Scope scope = Scope.upstream(upstream.name());
    Setting setting = keys.written(scope, Grammar.DISCOVERY).orElseThrow().setting();
    RegistrySettings registry = registries.get(discovery.registry());
    if (registry == null) {
      String type = Scope.registry(discovery.registry()).key(Grammar.REGISTRY_TYPE.name());
      problems.add(
          setting,
          ProblemCode.MISSING,
          Echo.quoted(discovery.registry())
              + " is no registry; set "
              + type
              + NearMiss.of(discovery.registry(), registries.keySet())
                  .map(other -> ". Did you mean '" + other + "'?")
                  .orElse(""));
      return;
    }
    registry
        .refusal(discovery.service())
        .ifPresent(
            refusal ->
                problems.add(
                    keys.written(scope, Grammar.DISCOVERY_SERVICE)
                        .map(Written::setting)
                        .orElse(setting),
                    ProblemCode.CONTRADICTION,
                    "service " + Echo.quoted(discovery.service()) + " " + refusal));
  }

  /** Where a name leads can change; where an address leads is known now. */
  private void checkNetworks(UpstreamSettings upstream) {
    AllowedNetworks networks = allowedNetworks();
    List<String> outside =
        upstream.servers().stream()
            .filter(server -> !AddressLiteral.of(server.host()).map(networks::allow).orElse(true))
            .limit(ListType.MOST_FAULTS)
            .map(Server::address)
            .toList();
    for (String address : outside) {
      problems.add(
          keys.written(Scope.upstream(upstream.name()), Grammar.SERVERS).orElseThrow().setting(),
          ProblemCode.CONTRADICTION,
          Echo.quoted(address)
              + (" is outside " + networks)
              + "; remove the server or add a network that holds it");
    }
  }

  private void checkMatches(List<UpstreamSettings> routes) {
    Map<RouteMatch, String> seen = new HashMap<>();
    for (UpstreamSettings route : routes) {
      Optional<Written> written =
          keys.written(Scope.route(route.name(), route.route()), Grammar.MATCH);
      if (written.isPresent() && route.match().isPresent()) {
        String other = seen.putIfAbsent(route.match().get(), route.route());
        if (other != null) {
          addDuplicate(written.get().setting(), "", "route '" + other + "'");
        }
      }
    }
  }

  private void checkHosts(Map<String, UpstreamSettings> upstreams) {
    Map<String, String> seen = new HashMap<>();
    upstreams.keySet().forEach(name -> seen.put(name, name));
    for (UpstreamSettings upstream : upstreams.values()) {
      for (String host : upstream.hosts()) {
        String other = seen.putIfAbsent(host, upstream.name());
        if (other != null && !other.equals(upstream.name())) {
          Optional<Written> written = keys.written(Scope.upstream(upstream.name()), Grammar.HOSTS);
          addDuplicate(written.orElseThrow().setting(), host, "upstream '" + other + "'");
        }
      }
    }
  }

  private void addDuplicate(Setting setting, String part, String owner) {
    problems.add(
        setting,
        ProblemCode.DUPLICATE,
        Echo.quoted(part.isEmpty() ? setting.value() : part)
            + " belongs to "
            + owner
            + " already; remove one");
  }
}
