package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The folder of this JVM in which the servers, their data and their logs are. When the JVM ends,
 * the servers end with it, and the folder goes.
 */
final class Workspace {

  /** {@code nobody}, for a server that refuses to run as root. */
  private static final int NOBODY = 65_534;

  private static @Nullable Workspace shared;

  private final Path folder;
  private final boolean root;
  private final AtomicInteger names = new AtomicInteger();
  private final List<Daemon> daemons = new CopyOnWriteArrayList<>();
  private final List<Path> groups = new CopyOnWriteArrayList<>();
  private volatile boolean over;

  private Workspace() throws IOException {
    folder = Files.createTempDirectory("inmesh-servers");
    // Others than root must find the way to their data.
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx--x--x"));
    root = Objects.equals(0, Files.getAttribute(folder, "unix:uid", LinkOption.NOFOLLOW_LINKS));
    Runtime.getRuntime().addShutdownHook(new Thread(this::end, "inmesh-servers-end"));
  }

  static synchronized Workspace shared() throws IOException {
    if (shared == null) {
      shared = new Workspace();
    }
    return shared;
  }

  /** A new folder, for the user who runs a server that refuses root. */
  Path folder(String name) throws IOException {
    Path made = Files.createDirectory(folder.resolve(name + names.incrementAndGet()));
    if (root) {
      Files.setAttribute(made, "unix:uid", NOBODY);
    }
    return made;
  }

  /** What comes before a command so that it runs as somebody who isn't root. */
  List<String> unprivileged() {
    return root
        ? List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups")
        : List.of();
  }

  void ends(Daemon daemon) {
    daemons.add(daemon);
  }

  void ends(Path group) {
    groups.add(group);
  }

  /** Whether the JVM is about to end: what is started now would be left behind. */
  boolean over() {
    return over;
  }

  /** A copy with the owners that the files have. */
  static void copy(Path from, Path to) throws IOException {
    run(List.of("cp", "-a", from.toString(), to.toString()));
  }

  static void delete(Path tree) throws IOException {
    run(List.of("rm", "-rf", tree.toString()));
  }

  /** Removes a group of processes, if it is there, when the last of them is gone. */
  static void remove(Path group) throws IOException {
    try {
      Await.until(() -> removed(group));
    } catch (SQLException e) {
      throw new IOException("processes stay in " + group, e);
    }
  }

  private static boolean removed(Path group) {
    try {
      Files.deleteIfExists(group);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void end() {
    over = true;
    try {
      for (Daemon daemon : daemons) {
        daemon.end();
      }
      for (Path group : groups) {
        remove(group);
      }
      delete(folder);
    } catch (IOException e) {
      System.err.println("left behind: " + folder + ": " + e.getMessage());
    }
  }

  /** Runs it to its end. */
  static void run(List<String> command, Path... input) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    if (input.length > 0) {
      builder.redirectInput(input[0].toFile());
    }
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException(command + " failed: " + output);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while running " + command, e);
    }
  }
}
