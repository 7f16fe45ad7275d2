package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class ReferencePageTest {

  private static final Path PAGE = Path.of("..", "docs", "configuration.md");

  @Test
  void pageInTheRepositoryIsTheGenerated() throws IOException {
    if (Boolean.getBoolean("inmesh.reference.write")) {
      Files.createDirectories(Path.of("..", "docs"));
      Files.writeString(PAGE, Grammar.referencePage());
    }

    assertThat(Files.exists(PAGE) ? Files.readString(PAGE) : "")
        .as("docs/configuration.md is old; write it anew with: %s", ReferencePage.COMMAND)
        .isEqualTo(Grammar.referencePage());
  }

  @Test
  void pageAndListHaveEveryKeyAndCode() {
    for (Key<?> key : Grammar.keys()) {
      String name = key.listName();
      assertThat(Grammar.listKeys().lines()).anyMatch(line -> line.startsWith(name + " "));
      String row = key.level() == Level.GLOBAL ? name : key.name();
      assertThat(Grammar.referencePage()).contains("| `" + row + "` |");
    }
    Arrays.stream(ProblemCode.values())
        .forEach(code -> assertThat(Grammar.referencePage()).contains("| `" + code.code() + "` |"));
    assertThat(Grammar.referencePage()).doesNotContain("{{");
  }

  @Test
  void columnsOfTheListAreAligned() {
    assertThat(Grammar.listKeys().lines().limit(Grammar.keys().size() + 1))
        .map(line -> line.substring(0, line.indexOf(' ')).length() + spaces(line))
        .containsOnly(
            Grammar.keys().stream()
                    .mapToInt(key -> (key.level().prefix() + key.name()).length())
                    .max()
                    .orElseThrow()
                + 2);
  }

  private static int spaces(String line) {
    int start = line.indexOf(' ');
    int end = start;
    while (line.charAt(end) == ' ') {
      end++;
    }
    return end - start;
  }
}
