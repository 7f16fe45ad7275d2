package dev.inmesh.samples.recipes;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A recipe that is run without what it needs says what that is. */
final class UsageTest {

  @Test
  void everyRecipeSaysWhatItNeeds() throws Exception {
    List<String> recipes;
    try (Stream<Path> files = Files.list(Path.of("src/main/java/dev/inmesh/samples/recipes"))) {
      recipes =
          files
              .map(file -> file.getFileName().toString().replace(".java", ""))
              .filter(name -> !name.equals("Usage") && !name.equals("package-info"))
              .toList();
    }
    assertThat(recipes).contains("FirstCall", "Weights");

    for (String recipe : recipes) {
      Process run =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "-cp",
                  System.getProperty(
                      "surefire.test.class.path", System.getProperty("java.class.path")),
                  "dev.inmesh.samples.recipes." + recipe)
              .redirectErrorStream(true)
              .start();
      String said = new String(run.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

      assertThat(run.waitFor()).as(recipe).isEqualTo(2);
      assertThat(said.lines().filter(line -> !line.startsWith("Picked up")))
          .as(recipe)
          .singleElement()
          .asString()
          .startsWith("usage: java -cp ... ")
          .contains("dev.inmesh.samples.recipes." + recipe, "<");
    }
  }
}
