package dev.inmesh;

import dev.inmesh.config.Configuration;
import dev.inmesh.config.Grammar;
import dev.inmesh.config.MeshConfigException;
import dev.inmesh.config.Snapshot;
import dev.inmesh.config.Sources;

/** What an operator can ask of the jar: {@code --list-keys}, {@code --check}. */
final class Main {

  private static final String USAGE =
      """
      usage: java [-Dmesh...] -cp <class path> dev.inmesh.Main --list-keys | --check
        --list-keys  print every configuration key with its default, range and meaning
        --check      read the configuration as a service would and print what is set;
                     exit status 2 and all problems if there are any. Registries are not
                     asked.
                     Run it with the service's class path and its -D options, which go
                     before the class name
      """;

  private Main() {}

  /** Runs it; exits with 0, or 2 when the configuration or the arguments are wrong. */
  @SuppressWarnings("SystemOut")
  public static void main(String[] args) {
    String asked = args.length == 1 ? args[0] : "";
    switch (asked) {
      case "--list-keys" -> System.out.print(Grammar.listKeys());
      case "--check" -> System.exit(check());
      default -> {
        System.err.print(USAGE);
        System.exit(2);
      }
    }
  }

  private static int check() {
    try {
      return read();
    } catch (NoClassDefFoundError e) {
      System.err.println(
          "the class path lacks "
              + String.valueOf(e.getMessage()).replace('/', '.')
              + ": run it with the service's class path, not with -jar:"
              + " java -Dmesh... -cp <class path> dev.inmesh.Main --check");
      return 2;
    }
  }

  private static int read() {
    try {
      Configuration configuration = Configuration.open(Sources.ofSystem());
      configuration.startWarnings().forEach(warning -> System.err.println("warning: " + warning));
      Snapshot snapshot = configuration.current();
      if (snapshot.entries().isEmpty()) {
        System.out.println("no mesh.* property is set: every call passes untouched");
      }
      for (Snapshot.Entry entry : snapshot.entries()) {
        System.out.println(
            entry.key()
                + " = "
                + entry.value()
                + " ["
                + entry.source()
                + "]"
                + (entry.shadows().isEmpty() ? "" : " shadows " + entry.shadows()));
      }
      if (snapshot.entries().stream().anyMatch(e -> e.key().startsWith("mesh.discovery."))) {
        System.out.println(
            "registries were not asked: the start shows whether they are there and what they list");
      }
      return 0;
    } catch (MeshConfigException e) {
      System.err.println(e.getMessage());
      return 2;
    }
  }
}
