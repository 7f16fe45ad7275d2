package dev.inmesh.samples.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What the README shows is what the recipes run. */
final class ReadmeTest {

  private static final Path ROOT = Path.of("../..").toAbsolutePath().normalize();
  private static final Path RECIPES = Path.of("src/main/java");

  @Test
  void everyJavaBlockOfTheReadmeIsPartOfARecipe() throws IOException {
    List<String> recipes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(RECIPES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        recipes.add(Files.readString(file));
      }
    }
    Matcher blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(ROOT.resolve("README.md")));

    int count = 0;
    for (; blocks.find(); count++) {
      String block = blocks.group(1);
      assertThat(recipes).as(block).anyMatch(recipe -> recipe.contains(block));
    }
    assertThat(count).isPositive();
  }

  @Test
  void everyPageThatTheReadmeNamesIsThere() throws IOException {
    Matcher links =
        Pattern.compile("\\]\\(([^)#:]+)\\)").matcher(Files.readString(ROOT.resolve("README.md")));

    while (links.find()) {
      assertThat(ROOT.resolve(links.group(1))).exists();
    }
  }

  @Test
  void noRecipeIsLongerThanEightyLines() throws IOException {
    try (Stream<Path> files = Files.walk(RECIPES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        assertThat(Files.readAllLines(file)).as(file.toString()).hasSizeLessThanOrEqualTo(80);
      }
    }
  }
}
