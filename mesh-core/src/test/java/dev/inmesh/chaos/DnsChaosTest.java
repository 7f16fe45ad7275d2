package dev.inmesh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Names that fail and flip, by Java's own resolution, in a process of its own whose hosts file the
 * process rewrites. It mostly waits for the mesh to look again.
 */
@EnabledOnOs(OS.LINUX) // Elsewhere 127.0.0.2 is no address of the machine.
final class DnsChaosTest {

  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  @TempDir
  private Path directory;

  private static final long LATE_MICROS = 10_000;

  @Test
  @Timeout(120)
  void whatBecomesOfANameCostsNoCallItsDeadline() throws Exception {
    Path hosts = Files.writeString(directory.resolve("hosts"), "127.0.0.1 localhost\n");

    List<String> lines;
    List<String> options = List.of("-Djdk.net.hosts.file=" + hosts);
    try (ChildJvm process = ChildJvm.start(options, DnsChaos.class, hosts.toString())) {
      lines = process.lines();
    }

    Map<String, Map<String, Long>> outcomes =
        lines.stream()
            .map(line -> line.split(" ", -1))
            .filter(words -> words.length == 4)
            .collect(
                Collectors.groupingBy(
                    words -> words[0],
                    TreeMap::new,
                    Collectors.groupingBy(words -> words[2], TreeMap::new, Collectors.counting())));
    System.out.println("names: " + outcomes + ", " + lines.get(lines.size() - 1));
    assertThat(outcomes.get("unknown")).doesNotContainKeys("live", "retry");
    // Some have less time than a busy machine takes.
    for (String phase : List.of("known", "flipping", "flipped", "gone")) {
      assertThat(outcomes.getOrDefault(phase, Map.of()).getOrDefault("live", 0L))
          .as(phase)
          .isGreaterThan(30);
    }
    assertThat(lines.get(lines.size() - 1)).matches("second [1-9][0-9]*");
    boolean takenByOthers = lines.contains("taken true");
    assertThat(lines.stream().filter(line -> micros(line) > LATE_MICROS && !takenByOthers))
        .isEmpty();
  }

  private static long micros(String line) {
    String[] words = line.split(" ", -1);
    return words.length == 4 && !words[0].equals("cold") ? Long.parseLong(words[3]) : 0;
  }
}
