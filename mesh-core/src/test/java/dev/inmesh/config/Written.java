package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Keys as a test writes them, and what becomes of them. */
final class Written {

  static final String SERVERS = "mesh.upstream.payments.servers=10.0.0.1:80";

  private Written() {}

  /** From {@code key=value}, one string each. */
  static Map<String, String> keys(String... lines) {
    Map<String, String> keys = new LinkedHashMap<>();
    for (String line : lines) {
      int equals = line.indexOf('=');
      keys.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return keys;
  }

  static MeshSettings settings(String... lines) {
    return Configuration.open(Sources.of(keys(lines))).current().settings();
  }

  /** The settings of the upstream {@code payments}, which has one server. */
  static UpstreamSettings payments(String... lines) {
    Map<String, String> keys = keys(lines);
    keys.putIfAbsent("mesh.upstream.payments.servers", "10.0.0.1:80");
    MeshSettings settings = Configuration.open(Sources.of(keys)).current().settings();
    UpstreamSettings payments = settings.upstreams().get("payments");
    assertThat(payments).isNotNull();
    return payments;
  }

  static List<Problem> problems(String... lines) {
    return problems(Sources.of(keys(lines)));
  }

  static List<Problem> problems(Sources sources) {
    MeshConfigException e =
        catchThrowableOfType(MeshConfigException.class, () -> Configuration.open(sources));
    assertThat(e).as("a MeshConfigException").isNotNull();
    return e.problems();
  }

  /** The one problem that these keys have. */
  static String problem(String... lines) {
    List<Problem> problems = problems(lines);
    assertThat(problems).hasSize(1);
    return problems.get(0).toString();
  }

  static Sources sources(
      Map<String, String> systemProperties, Map<String, String> environment, String... code) {
    return new Sources(() -> systemProperties, () -> environment, keys(code));
  }
}
