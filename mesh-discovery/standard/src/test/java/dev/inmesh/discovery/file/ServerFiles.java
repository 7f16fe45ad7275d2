package dev.inmesh.discovery.file;

import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;

/** A file of servers, which is written beside and renamed. */
final class ServerFiles implements TestRegistry {

  private final Path file;
  private final Path away;
  private boolean killed;

  ServerFiles(Path folder, String name) throws IOException {
    this.file = folder.resolve(name);
    this.away = folder.resolve(name + ".away");
    list(List.of());
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("type", "file", "path", file.toString());
  }

  @Override
  public String service() {
    return "inventory";
  }

  @Override
  public void list(List<ServerEntry> entries) throws IOException {
    write(isJson() ? json(entries) : lines(entries));
  }

  private boolean isJson() {
    return file.toString().endsWith(".json");
  }

  private static String lines(List<ServerEntry> entries) {
    StringBuilder text = new StringBuilder("# servers\n");
    entries.forEach(
        entry -> text.append("server ").append(String.join(" ", entry.words())).append(";\n"));
    return text.toString();
  }

  private static String json(List<ServerEntry> entries) {
    List<String> quoted =
        entries.stream()
            .map(entry -> String.join(" ", entry.words()).replace("\u0007", "\\u0007"))
            .map(line -> '"' + line + '"')
            .toList();
    return "{\"inventory\": [" + String.join(",\n", quoted) + "]}";
  }

  void write(String text) throws IOException {
    Path beside = Files.writeString(file.resolveSibling("beside"), text);
    Files.move(beside, killed ? away : file, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void kill() throws IOException {
    Files.move(file, away, StandardCopyOption.ATOMIC_MOVE);
    killed = true;
  }

  @Override
  public void restart() throws IOException {
    Files.move(away, file, StandardCopyOption.ATOMIC_MOVE);
    killed = false;
  }

  @Override
  public void close() {}
}
