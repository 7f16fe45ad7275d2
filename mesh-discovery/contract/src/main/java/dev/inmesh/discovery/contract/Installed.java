package dev.inmesh.discovery.contract;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;

/** Registries that a test runs as a process, where they are installed. */
public final class Installed {

  private Installed() {}

  /**
   * Where a program is. The test that asks is skipped, with a word, where it is nowhere; with
   * {@code -Dinmesh.ci=true} it fails.
   */
  public static Path program(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    Optional<Path> program =
        Stream.of(path.split(File.pathSeparator, -1))
            .map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable)
            .findFirst();
    if (program.isEmpty()) {
      String word = "no " + name + " on this machine";
      if (Boolean.getBoolean("inmesh.ci")) {
        Assertions.fail(word + ", and -Dinmesh.ci=true wants it");
      }
      System.out.println("skipped: " + word);
      Assumptions.abort(word);
    }
    return program.orElseThrow();
  }
}
