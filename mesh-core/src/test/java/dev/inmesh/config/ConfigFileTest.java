package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigFileTest {

  private final Path file;

  ConfigFileTest(@TempDir Path folder) {
    this.file = folder.resolve("mesh.properties");
  }

  @Test
  void fileIsReadAsPropertiesInUtf8() throws IOException {
    Files.writeString(
        file,
        """
        \uFEFF# comment
        mesh.upstream.a.servers = a:80, \\
           b:80 \s
        mesh.defaults.fallback.body: blåbær
        """);

    UpstreamSettings a =
        Written.settings("mesh.config.file=" + file).upstreams().values().iterator().next();

    assertThat(a.servers()).hasSize(2);
    assertThat(a.fallback().body()).isEqualTo(Body.of("blåbær".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void problemsNameTheFile() throws IOException {
    Files.writeString(file, "mesh.zonne=a\nother=b\nmesh.defaults.timeout=5\n");

    assertThat(problems())
        .extracting(Problem::code, Problem::key, Problem::source)
        .containsExactlyInAnyOrder(
            tuple("MESH-C01", "mesh.zonne", "file " + file),
            tuple("MESH-C01", "other", "file " + file),
            tuple("MESH-C02", "mesh.defaults.timeout", "file " + file));
  }

  @Test
  void keyThatComesTwiceIsADuplicate() throws IOException {
    Files.writeString(file, "mesh.zone=a\nmesh.zone=b\n");

    assertThat(problems()).map(Problem::code).containsExactly("MESH-C06");
  }

  @Test
  void fileCanNotNameAnother() throws IOException {
    Files.writeString(file, "mesh.config.file=/etc/other\n");

    assertThat(problems()).map(Problem::code).containsExactly("MESH-C04");
  }

  @Test
  void bytesThatAreNoTextAreRefused() throws IOException {
    Files.write(file, new byte[] {'a', '=', (byte) 0xff});
    assertThat(problems().get(0).toString()).startsWith("MESH-C08").contains("it is not UTF-8");

    Files.writeString(file, "mesh.zone=\\u12x4");
    assertThat(problems().get(0).toString()).startsWith("MESH-C08");
  }

  private List<Problem> problems() {
    return Written.problems("mesh.config.file=" + file);
  }
}
