package dev.inmesh.discovery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;

/** The page of discovery knows every type and every key. */
final class PagesTest {

  private static final Path PAGE = Path.of("../../docs/discovery.md");

  @Test
  void everyTypeAndEveryKeyIsOnThePage() throws IOException {
    String page = Files.readString(PAGE);
    List<String> types = new ArrayList<>();

    for (ServerSourceFactory factory : ServiceLoader.load(ServerSourceFactory.class)) {
      types.add(factory.type());
      assertThat(page).contains("| `" + factory.type() + "` | `mesh-discovery-standard` |");
      for (SourceKey<?> key : factory.keys()) {
        assertThat(page).contains("| `" + key.name() + "` | ");
        assertThat(page).contains(key.defaultText());
      }
    }
    assertThat(types)
        .containsExactlyInAnyOrder(
            "file", "dns", "dns-srv", "consul", "etcd", "kubernetes", "eureka");
  }
}
