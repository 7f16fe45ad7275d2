package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A process that serves until it is killed, with all that it has started. */
final class Daemon {

  private static final long LONGEST_START_NANOS = TimeUnit.SECONDS.toNanos(60);

  private final List<String> command;
  private final Path log;
  private final String end;
  private final Workspace workspace;

  /** Written and looked at under the lock; while one is awaited it can be killed. */
  private volatile @Nullable Process process;

  /**
   * One that isn't started yet.
   *
   * @param end the signal by which it ends at once, and leaves nothing in the machine
   */
  Daemon(List<String> command, Path log, String end) throws IOException {
    this.command = List.copyOf(command);
    this.log = log;
    this.end = end;
    this.workspace = Workspace.shared();
    workspace.ends(this);
  }

  /** Starts it; returns when it lets somebody in. */
  void start(Callable<Connection> door) throws IOException, SQLException {
    Process started = launch();
    long end = System.nanoTime() + LONGEST_START_NANOS;
    while (true) {
      try (Connection open = door.call()) {
        if (open.isValid(10)) {
          return;
        }
      } catch (Exception e) {
        if (!started.isAlive() || System.nanoTime() - end > 0) {
          throw new SQLException(command.get(0) + " did not start:\n" + Files.readString(log), e);
        }
      }
      Await.pause();
    }
  }

  private synchronized Process launch() throws IOException {
    if (workspace.over()) {
      throw new IOException("the JVM ends");
    }
    Process launched =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
    process = launched;
    return launched;
  }

  /** Ends it without a word to anybody: {@code kill -9}, and what it has started too. */
  synchronized void kill() {
    Process running = process;
    if (running == null) {
      return;
    }
    List<ProcessHandle> children = new ArrayList<>(running.descendants().toList());
    running.destroyForcibly().onExit().join();
    children.forEach(ProcessHandle::destroyForcibly);
    // Those that came while we looked end by themselves when they see that their parent has.
    children.forEach(child -> child.onExit().join());
    process = null;
  }

  /** Ends it, by force if that takes more than five seconds. */
  synchronized void end() throws IOException {
    Process running = process;
    try {
      if (running != null && running.isAlive()) {
        send(end, running.toHandle());
        running.waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      kill();
    }
  }

  /** Sends it a signal by name, and then what it has started, too. */
  synchronized void signal(String name) throws IOException {
    Process running = process;
    if (running != null) {
      send(name, running.toHandle());
      for (ProcessHandle child : running.descendants().toList()) {
        if (child.isAlive()) {
          send(name, child);
        }
      }
    }
  }

  /** It and what it has started, it first; none if it doesn't run. */
  synchronized List<ProcessHandle> processes() {
    Process running = process;
    return running == null
        ? List.of()
        : Stream.concat(Stream.of(running.toHandle()), running.descendants()).toList();
  }

  private static void send(String signal, ProcessHandle to) throws IOException {
    try {
      Workspace.run(List.of("kill", "-" + signal, Long.toString(to.pid())));
    } catch (IOException e) {
      if (to.isAlive()) {
        throw e;
      }
    }
  }

  @Override
  public String toString() {
    try {
      return Files.readString(log, StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
