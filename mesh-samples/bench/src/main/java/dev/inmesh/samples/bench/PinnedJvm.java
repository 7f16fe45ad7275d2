package dev.inmesh.samples.bench;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Another JVM on the same class path, kept on one core where {@code taskset} is there to do it. */
final class PinnedJvm {

  private PinnedJvm() {}

  static boolean canPin() {
    return Runtime.getRuntime().availableProcessors() > 1
        && Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "taskset")));
  }

  /** A JVM that runs this class, its errors where ours go. */
  static ProcessBuilder on(int core, Class<?> main, List<String> args) throws IOException {
    List<String> command = new ArrayList<>();
    if (canPin()) {
      command.addAll(List.of("taskset", "-c", Integer.toString(core)));
    }
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms256m", "-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.add(main.getName());
    command.addAll(args);
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
  }
}
