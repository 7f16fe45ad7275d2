package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReloadTest {

  private final Path folder;

  private static final String TIMEOUT = "mesh.upstream.payments.timeout";

  private final Map<String, String> properties = new HashMap<>();
  private final RecordedLog log = new RecordedLog();

  ReloadTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @Test
  void changeIsAppliedAndLoggedInOneLine() {
    Configuration configuration = open(Written.SERVERS);
    properties.put(TIMEOUT, "250ms");
    configuration.reload();
    log.infos.clear();

    properties.put(TIMEOUT, "400ms");
    Reload reload = configuration.reload();

    assertThat(reload).isEqualTo(new Reload(true, 3, List.of()));
    assertThat(timeout(configuration)).isEqualTo(Duration.ofMillis(400));
    assertThat(log.infos)
        .containsExactly(
            "config v3: mesh.upstream.payments.timeout 250ms -> 400ms (system property)");
  }

  @Test
  void linesNameWhatAKeyFallsBackTo() {
    Configuration configuration = open(Written.SERVERS, "mesh.defaults.timeout=2s");
    properties.put(TIMEOUT, "1s");
    configuration.reload();
    properties.remove(TIMEOUT);
    configuration.reload();
    properties.put("mesh.zone", "z1");
    configuration.reload();

    assertThat(log.infos)
        .containsExactly(
            "config v2: mesh.upstream.payments.timeout 2s -> 1s (system property)",
            "config v3: mesh.upstream.payments.timeout 1s -> 2s (mesh.defaults.timeout, code)",
            "config v4: mesh.zone none -> z1 (system property)");
  }

  @Test
  void upstreamsComeAndGo() {
    Configuration configuration = open();
    properties.put("mesh.upstream.a.servers", "a:80");
    configuration.reload();
    assertThat(configuration.current().settings().upstreams()).containsOnlyKeys("a");
    assertThat(configuration.current().settings().configured()).isTrue();

    properties.clear();
    configuration.reload();

    assertThat(configuration.current().settings().upstreams()).isEmpty();
    assertThat(configuration.current().settings().configured()).isFalse();
    assertThat(log.infos)
        .containsExactly(
            "config v2: mesh.upstream.a.servers unset -> a:80 (system property)",
            "config v3: mesh.upstream.a.servers a:80 -> unset (built-in)");
  }

  @Test
  void unchangedReloadKeepsTheVersion() {
    Configuration configuration = open(Written.SERVERS);
    List<Snapshot> seen = new ArrayList<>();
    configuration.subscribe(seen::add);

    assertThat(configuration.poll()).isFalse();
    assertThat(configuration.reload()).isEqualTo(new Reload(false, 1, List.of()));
    assertThat(seen).isEmpty();
    assertThat(log.infos).isEmpty();
  }

  @Test
  void badSetKeepsTheLastGoodOneAndWarnsOnce() {
    Configuration configuration = open(Written.SERVERS);
    Snapshot before = configuration.current();
    properties.put(TIMEOUT, "250");
    properties.put("mesh.zone", "z1");

    assertThat(configuration.poll()).isTrue();
    assertThat(configuration.poll()).isFalse();
    Reload reload = configuration.reload();

    assertThat(reload.rejected()).isTrue();
    assertThat(reload.problems()).map(Problem::code).containsExactly("MESH-C02");
    assertThat(configuration.rejected()).isTrue();
    assertThat(configuration.current()).isSameAs(before);
    assertThat(log.warnings).singleElement().asString().contains("v1 stays").contains("no unit");

    properties.put(TIMEOUT, "251");
    configuration.poll();
    assertThat(log.warnings).hasSize(2);
  }

  @Test
  void goodSetAfterABadOneIsTaken() {
    Configuration configuration = open(Written.SERVERS);
    properties.put(TIMEOUT, "250");
    configuration.poll();
    properties.put(TIMEOUT, "250ms");

    assertThat(configuration.poll()).isTrue();

    assertThat(configuration.rejected()).isFalse();
    assertThat(configuration.current().version()).isEqualTo(2);
    assertThat(timeout(configuration)).isEqualTo(Duration.ofMillis(250));
  }

  @Test
  void returnToTheGoodSetEndsTheRejection() {
    Configuration configuration = open(Written.SERVERS);
    properties.put(TIMEOUT, "250");
    configuration.poll();
    properties.clear();
    configuration.poll();

    assertThat(configuration.rejected()).isFalse();
    assertThat(configuration.current().version()).isEqualTo(1);
    assertThat(log.infos).hasSize(1);
  }

  @Test
  void fileOfTheSameLengthAndTimeIsNoticed() throws IOException {
    Path file = folder.resolve("mesh.properties");
    Files.writeString(file, TIMEOUT + "=1s\n");
    FileTime time = Files.getLastModifiedTime(file);
    Configuration configuration = open(Written.SERVERS, "mesh.config.file=" + file);
    assertThat(configuration.poll()).isFalse();

    Files.writeString(file, TIMEOUT + "=2s\n");
    Files.setLastModifiedTime(file, time);

    assertThat(configuration.poll()).isTrue();
    assertThat(timeout(configuration)).isEqualTo(Duration.ofSeconds(2));
    assertThat(log.infos)
        .containsExactly("config v2: mesh.upstream.payments.timeout 1s -> 2s (file " + file + ")");
  }

  @Test
  void fileThatGoesAwayKeepsTheLastGoodSetUntilItIsBack() throws IOException {
    Path file = folder.resolve("mesh.properties");
    Files.writeString(file, TIMEOUT + "=1s\n");
    Configuration configuration = open(Written.SERVERS, "mesh.config.file=" + file);

    Files.delete(file);
    assertThat(configuration.poll()).isTrue();
    assertThat(configuration.poll()).isFalse();
    assertThat(configuration.rejected()).isTrue();
    assertThat(timeout(configuration)).isEqualTo(Duration.ofSeconds(1));

    Files.writeString(file, TIMEOUT + "=3s\n");
    assertThat(configuration.poll()).isTrue();
    assertThat(configuration.rejected()).isFalse();
    assertThat(timeout(configuration)).isEqualTo(Duration.ofSeconds(3));
  }

  @Test
  void touchedFileIsNoNewVersion() throws IOException {
    Path file = folder.resolve("mesh.properties");
    Files.writeString(file, "mesh.zone=a\n");
    Configuration configuration = open("mesh.config.file=" + file);

    Files.setLastModifiedTime(file, FileTime.fromMillis(1_000));
    configuration.poll();

    assertThat(configuration.current().version()).isEqualTo(1);
  }

  @Test
  void newContentOfABodyFileIsTaken() throws IOException {
    Path body = folder.resolve("body");
    Files.writeString(body, "one");
    String key = "mesh.upstream.payments.fallback.body-file";
    Configuration configuration = open(Written.SERVERS, key + "=" + body);

    Files.writeString(body, "seven");
    configuration.poll();

    assertThat(payments(configuration).fallback().body().size()).isEqualTo(5);
    assertThat(log.infos)
        .containsExactly("config v2: " + key + " " + body + " has new content (code)");
  }

  @Test
  void subscribersSeeEachSnapshotInOrder() {
    Configuration configuration = open(Written.SERVERS);
    List<Integer> first = new ArrayList<>();
    List<Integer> second = new ArrayList<>();
    configuration.subscribe(
        snapshot -> {
          first.add(snapshot.version());
          if (snapshot.version() == 2) {
            properties.put(TIMEOUT, "3s");
            configuration.reload();
          }
        });
    configuration.subscribe(snapshot -> second.add(snapshot.version()));

    properties.put(TIMEOUT, "2s");
    configuration.reload();

    assertThat(first).containsExactly(2, 3);
    assertThat(second).containsExactly(2, 3);
  }

  @Test
  void failingSubscriberDoesNotKeepTheOthersFromTheNews() {
    Configuration configuration = open(Written.SERVERS);
    List<Integer> versions = new ArrayList<>();
    configuration.subscribe(
        snapshot -> {
          throw new IllegalStateException("broken");
        });
    configuration.subscribe(snapshot -> versions.add(snapshot.version()));

    properties.put(TIMEOUT, "2s");
    configuration.reload();

    assertThat(versions).containsExactly(2);
    assertThat(log.warnings).hasSize(1);
  }

  @Test
  void newShadowsAreSeenWithoutANewVersion() {
    Map<String, String> environment = new HashMap<>();
    properties.put("mesh.zone", "a");
    Configuration configuration =
        Configuration.open(new Sources(() -> properties, () -> environment, Map.of()), log);

    environment.put("MESH_ZONE", "b");
    configuration.poll();

    assertThat(configuration.current().version()).isEqualTo(1);
    assertThat(configuration.current().entries().get(0).shadows())
        .containsExactly("b (environment variable MESH_ZONE)");
  }

  @Test
  void systemPropertiesOfTheProcessAreRead() {
    String key = "mesh.defaults.retry.tries";
    Configuration configuration =
        Configuration.open(Sources.ofSystem(Written.keys(Written.SERVERS)), log);
    try {
      System.setProperty(key, "9");
      System.getProperties().put("mesh.not-text", 1);
      configuration.poll();

      assertThat(payments(configuration).retry().tries()).isEqualTo(9);
    } finally {
      System.clearProperty(key);
      System.getProperties().remove("mesh.not-text");
    }
  }

  @Test
  void propertiesMayChangeWhileTheyAreRead() throws InterruptedException {
    Configuration configuration =
        Configuration.open(Sources.ofSystem(Written.keys(Written.SERVERS)), log);
    List<Integer> versions = new ArrayList<>();
    configuration.subscribe(snapshot -> versions.add(snapshot.version()));
    Thread writer =
        new Thread(
            () -> {
              for (int i = 1; i <= 20_000; i++) {
                System.setProperty(TIMEOUT, i + "ms");
                System.setProperty("other." + i, "x");
                System.clearProperty("other." + (i - 1));
              }
            });
    try {
      writer.start();
      while (writer.isAlive()) {
        configuration.poll();
      }
      writer.join();
      configuration.poll();

      assertThat(timeout(configuration)).isEqualTo(Duration.ofSeconds(20));
      assertThat(versions).isSorted().doesNotHaveDuplicates();
    } finally {
      System.clearProperty(TIMEOUT);
      System.clearProperty("other.20000");
    }
  }

  private Configuration open(String... code) {
    return Configuration.open(new Sources(() -> properties, Map::of, Written.keys(code)), log);
  }

  private static UpstreamSettings payments(Configuration configuration) {
    return configuration.current().settings().upstreams().values().iterator().next();
  }

  private static Duration timeout(Configuration configuration) {
    return payments(configuration).timeouts().call();
  }
}
