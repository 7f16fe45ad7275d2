package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PrecedenceTest {

  private final Path folder;

  private static final String U = "mesh.upstream.payments.";
  private static final String D = "mesh.defaults.";

  PrecedenceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** A source and a level that say the timeout; the number tells them apart. */
  private record Place(String source, String key, int millis) {}

  /** The order that the specification gives, the strongest first. */
  private static final List<Place> ORDER =
      List.of(
          new Place("system", U + "route.r.timeout", 11),
          new Place("file", U + "route.r.timeout", 12),
          new Place("code", U + "route.r.timeout", 13),
          new Place("system", U + "timeout", 14),
          new Place("environment", "MESH_UPSTREAM_PAYMENTS_TIMEOUT", 15),
          new Place("file", U + "timeout", 16),
          new Place("code", U + "timeout", 17),
          new Place("system", D + "timeout", 18),
          new Place("environment", "MESH_DEFAULTS_TIMEOUT", 19),
          new Place("file", D + "timeout", 20),
          new Place("code", D + "timeout", 21));

  @Test
  void eachPlaceWinsOverAllThatComeAfterIt() throws IOException {
    for (int first = 0; first < ORDER.size(); first++) {
      Snapshot snapshot = open(ORDER.subList(first, ORDER.size())).current();

      UpstreamSettings route = payments(snapshot).routes().get(0);
      assertThat(route.timeouts().call())
          .as("from %s", ORDER.get(first))
          .isEqualTo(Duration.ofMillis(ORDER.get(first).millis()));
    }
  }

  @Test
  void eachPlaceWinsOverEachThatComesAfterIt() throws IOException {
    for (int i = 0; i < ORDER.size(); i++) {
      for (int j = i + 1; j < ORDER.size(); j++) {
        Snapshot snapshot = open(List.of(ORDER.get(i), ORDER.get(j))).current();

        assertThat(payments(snapshot).routes().get(0).timeouts().call())
            .isEqualTo(Duration.ofMillis(ORDER.get(i).millis()));
      }
    }
  }

  @Test
  void builtInValueHoldsWhereNothingIsWritten() throws IOException {
    assertThat(payments(open(List.of()).current()).timeouts().call())
        .isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void entriesShowWhatHoldsAndWhatItShadows() throws IOException {
    Snapshot snapshot = open(ORDER.subList(3, ORDER.size())).current();

    Path file = folder.resolve("mesh.properties");
    assertThat(snapshot.entries())
        .filteredOn(entry -> entry.key().endsWith("timeout"))
        .containsExactly(
            new Snapshot.Entry(
                "mesh.defaults.timeout",
                "18ms",
                "system property",
                List.of(
                    "19ms (environment variable MESH_DEFAULTS_TIMEOUT)",
                    "20ms (file " + file + ")",
                    "21ms (code)")),
            new Snapshot.Entry(
                "mesh.upstream.payments.timeout",
                "14ms",
                "system property",
                List.of(
                    "15ms (environment variable MESH_UPSTREAM_PAYMENTS_TIMEOUT)",
                    "16ms (file " + file + ")",
                    "17ms (code)",
                    "mesh.defaults.timeout=18ms (system property)")));
  }

  @Test
  void badValueThatIsShadowedDoesNoHarm() {
    Sources sources =
        Written.sources(Map.of(U + "timeout", "1s"), Map.of(), Written.SERVERS, U + "timeout=x");

    assertThat(payments(Configuration.open(sources).current()).timeouts().call())
        .isEqualTo(Duration.ofSeconds(1));
  }

  private Configuration open(List<Place> places) throws IOException {
    Map<String, Map<String, String>> bySource = new HashMap<>();
    for (String source : List.of("system", "environment", "file", "code")) {
      bySource.put(source, new HashMap<>());
    }
    for (Place place : places) {
      source(bySource, place.source()).put(place.key(), place.millis() + "ms");
    }
    List<String> lines = new ArrayList<>();
    source(bySource, "file").forEach((key, value) -> lines.add(key + "=" + value));
    Path file = Files.write(folder.resolve("mesh.properties"), lines);
    Map<String, String> code = source(bySource, "code");
    code.put(U + "servers", "10.0.0.1:80");
    code.put(U + "route.r.match", "GET /r");
    code.put("mesh.config.file", file.toString());
    return Configuration.open(
        new Sources(() -> source(bySource, "system"), () -> source(bySource, "environment"), code));
  }

  private static Map<String, String> source(
      Map<String, Map<String, String>> bySource, String source) {
    return bySource.getOrDefault(source, Map.of());
  }

  private static UpstreamSettings payments(Snapshot snapshot) {
    return List.copyOf(snapshot.settings().upstreams().values()).get(0);
  }
}
