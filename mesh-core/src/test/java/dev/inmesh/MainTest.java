package dev.inmesh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.Grammar;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the jar's main class as an operator would, in a JVM of its own. */
final class MainTest {

  private record Run(int status, String out, String err) {}

  private final Path directory;

  MainTest(@TempDir Path directory) {
    this.directory = directory;
  }

  private Run run(List<String> properties, String... args) throws Exception {
    return run(
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
        properties,
        args);
  }

  private Run run(String classPath, List<String> properties, String... args) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-cp");
    command.add(classPath);
    properties.forEach(property -> command.add("-D" + property));
    command.add("dev.inmesh.Main");
    command.addAll(List.of(args));
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    // What the shell of this build has set must not change what holds.
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.startsWith("MESH_") || name.endsWith("JAVA_OPTIONS"));
    Process process = builder.start();
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), text(out), text(err));
  }

  private static String text(Path file) throws IOException {
    return Files.readString(file, StandardCharsets.UTF_8);
  }

  @Test
  void listKeysPrintsEveryKey() throws Exception {
    Run run = run(List.of(), "--list-keys");

    assertThat(run.status).isZero();
    assertThat(run.out).isEqualTo(Grammar.listKeys()).contains("mesh.config.file", "hosts");
    assertThat(run.err).isEmpty();
  }

  @Test
  void checkPrintsWhatHoldsAndWhereItComesFrom() throws Exception {
    Path file = directory.resolve("mesh.properties");
    Files.writeString(
        file, "mesh.upstream.inventory.servers=10.0.0.1:5000\nmesh.defaults.timeout=3s\n");

    Run run =
        run(
            List.of("mesh.config.file=" + file, "mesh.upstream.inventory.servers=10.0.0.2:5000"),
            "--check");

    assertThat(run.err).isEmpty();
    assertThat(run.status).isZero();
    assertThat(run.out.lines())
        .anySatisfy(
            line ->
                assertThat(line)
                    .startsWith("mesh.upstream.inventory.servers = 10.0.0.2:5000 [")
                    .contains("] shadows "))
        .anySatisfy(
            line ->
                assertThat(line).startsWith("mesh.defaults.timeout = 3s [").contains("properties"));
  }

  @Test
  void checkOfNothingIsWell() throws Exception {
    Run run = run(List.of(), "--check");

    assertThat(run.status).isZero();
    assertThat(run.err).isEmpty();
  }

  @Test
  void checkSaysThatRegistriesWereNotAsked() throws Exception {
    Run run =
        run(
            List.of("mesh.discovery.r.type=scripted", "mesh.discovery.r.script=nowhere"),
            "--check");

    assertThat(run.err).isEmpty();
    assertThat(run.status).isZero();
    assertThat(run.out).contains("mesh.discovery.r.script = ", "registries were not asked");
    assertThat(run(List.of("mesh.zone=a"), "--check").out).doesNotContain("registries");
  }

  @Test
  void withoutTheServicesClassPathCheckSaysWhatIsMissingAndKeysAreListedAllTheSame()
      throws Exception {
    String jar = location(Mesh.class);

    Run check = run(jar, List.of("mesh.upstream.inventory.servers=10.0.0.1:5000"), "--check");
    assertThat(check.status).isEqualTo(2);
    assertThat(check.out).isEmpty();
    assertThat(check.err.lines())
        .singleElement()
        .asString()
        .contains("the class path lacks org.", "run it with the service's class path");

    Run keys = run(jar, List.of(), "--list-keys");
    assertThat(keys.status).isZero();
    assertThat(keys.out).contains("mesh.config.file").doesNotContain("KEY OF TYPE");
  }

  private static String location(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }

  @Test
  void checkNamesAllProblemsAndFails() throws Exception {
    Run run =
        run(
            List.of(
                "mesh.upstream.inventory.servers=10.0.0.1:5000",
                "mesh.upstream.inventory.timout=1s",
                "mesh.upstream.inventory.retry.tries=many"),
            "--check");

    assertThat(run.status).isEqualTo(2);
    assertThat(run.out).isEmpty();
    assertThat(run.err)
        .contains(
            "MESH-C01 mesh.upstream.inventory.timout: unknown key."
                + " Did you mean 'mesh.upstream.inventory.timeout'?")
        .contains("mesh.upstream.inventory.retry.tries")
        .doesNotContain("\tat ");
  }

  @Test
  void wrongArgumentsAreToldWhatIsRight() throws Exception {
    for (String[] wrong :
        new String[][] {{}, {"--nonsense"}, {"--check", "--list-keys"}, {"--check", "x"}}) {
      Run run = run(List.of(), wrong);

      assertThat(run.status).as(String.join(" ", wrong)).isEqualTo(2);
      assertThat(run.out).isEmpty();
      assertThat(run.err).startsWith("usage: ").contains("--list-keys", "--check");
    }
  }

  @Test
  void checkPrintsWhatIsOddButNoError() throws Exception {
    Run run =
        run(
            List.of(
                "mesh.config.unknown=warn",
                "mesh.upstream.inventory.servers=10.0.0.3:5000",
                "mesh.upstream.inventory.timout=1s"),
            "--check");

    assertThat(run.err).contains("warning: ").contains("mesh.upstream.inventory.timout");
    assertThat(run.out).contains("mesh.upstream.inventory.servers = 10.0.0.3:5000");
    assertThat(run.status).isZero();
  }
}
