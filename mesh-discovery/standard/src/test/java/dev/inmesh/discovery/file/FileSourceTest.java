package dev.inmesh.discovery.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
final class FileSourceTest {

  private static final int REWRITES = 10_000;

  private final Path folder;

  FileSourceTest(@TempDir Path folder) {
    this.folder = folder;
  }

  /** The n-th version of a list: as many servers as say so themselves, so that a mix shows. */
  private static List<String> version(int n) {
    List<String> lines = new ArrayList<>();
    int count = 1 + n % 50;
    for (int i = 0; i < count; i++) {
      lines.add("10." + n / 250 + "." + n % 250 + "." + (i + 1) + ":" + (5000 + count));
    }
    return lines;
  }

  private static boolean isWhole(List<ServerEntry> entries) {
    String first = entries.get(0).address();
    String prefix = first.substring(0, first.lastIndexOf('.') + 1);
    int count = Integer.parseInt(first.substring(first.indexOf(':') + 1)) - 5000;
    return entries.size() == count
        && entries.stream().allMatch(entry -> entry.address().startsWith(prefix));
  }

  /** What a source says, and whether all of it was whole. */
  private static final class Heard implements Listing {

    private final Queue<List<ServerEntry>> broken = new ConcurrentLinkedQueue<>();
    private volatile List<ServerEntry> last = List.of();
    private final AtomicInteger lists = new AtomicInteger();

    @Override
    public boolean list(List<ServerEntry> entries) {
      if (!isWhole(entries)) {
        broken.add(entries);
      }
      last = entries;
      lists.incrementAndGet();
      return true;
    }

    @Override
    public void unchanged() {}
  }

  private static Thread follow(Path file, Heard heard) {
    Thread thread =
        new Thread(
            () -> {
              try (FileSource source = new FileSource(file.toString())) {
                while (true) {
                  try {
                    source.follow("inventory", heard);
                  } catch (IOException refused) {
                    Thread.sleep(1);
                  }
                }
              } catch (InterruptedException end) {
                // asked to
              }
            });
    thread.start();
    return thread;
  }

  private void rewrites(Path file, boolean json) throws Exception {
    Path beside = folder.resolve("beside");
    Heard heard = new Heard();
    Files.writeString(file, text(version(0), json));
    Thread follower = follow(file, heard);

    for (int n = 1; n <= REWRITES; n++) {
      Files.writeString(beside, text(version(n), json));
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
    }
    String last = version(REWRITES).get(0);
    while (heard.last.isEmpty() || !heard.last.get(0).address().equals(last)) {
      Thread.sleep(5);
    }
    follower.interrupt();
    follower.join();

    assertThat(heard.broken).isEmpty();
    assertThat(heard.lists).hasValueGreaterThan(1);
  }

  private static String text(List<String> lines, boolean json) {
    return json ? "[\"" + String.join("\",\"", lines) + "\"]" : String.join("\n", lines) + "\n";
  }

  @Test
  void noneOfTenThousandRenamesShowsAWrongList() throws Exception {
    rewrites(folder.resolve("servers.conf"), false);
  }

  @Test
  void noneOfTenThousandRenamesShowsAWrongListInJson() throws Exception {
    rewrites(folder.resolve("servers.json"), true);
  }

  @Test
  void aFileThatIsWrittenInPlaceIsTakenWhenItIsWhole() throws Exception {
    Path file = folder.resolve("servers.json");
    Files.writeString(file, text(version(1), true));
    Heard heard = new Heard();
    Thread follower = follow(file, heard);

    for (int n = 2; n <= 50; n++) {
      byte[] bytes = text(version(n), true).getBytes(StandardCharsets.UTF_8);
      try (OutputStream out = Files.newOutputStream(file)) {
        for (byte b : bytes) {
          out.write(b);
        }
      }
    }
    String last = version(50).get(0);
    while (heard.last.isEmpty() || !heard.last.get(0).address().equals(last)) {
      Thread.sleep(5);
    }
    follower.interrupt();
    follower.join();

    assertThat(heard.broken).isEmpty();
  }

  @Test
  void halfALineIsNoServer() {
    assertThatThrownBy(() -> parse("servers.conf", "10.0.0.3:5000\n10.0.0.4:50"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("half written");
  }

  @Test
  void halfOfAJsonFileIsRefused() {
    assertThatThrownBy(() -> parse("servers.json", "[\"10.0.0.3:5000\", \"10.0.0.4:50"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not JSON at line 1");
    assertThatThrownBy(() -> parse("servers.json", "[] []"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("more than one JSON value");
  }

  @Test
  void linesAreReadAsNginxWritesThem() throws IOException {
    assertThat(
            parse(
                "servers.conf",
                """
                # of the north
                server 10.0.0.3:5000 weight=5;
                  10.0.0.4:5000   backup  # for later

                server [fd00::1]:80 drain;
                """))
        .containsExactly(
            ServerEntry.of("10.0.0.3", 5000).with("weight", "5"),
            ServerEntry.of("10.0.0.4", 5000).with("backup"),
            ServerEntry.of("fd00::1", 80).with("drain"));
  }

  @Test
  void jsonIsAListOrOneForEachService() throws IOException {
    String list =
        "[\"10.0.0.3:5000 weight=5\", {\"address\": \"10.0.0.4:5000\", \"weight\": 2,"
            + " \"backup\": true, \"down\": false, \"zone\": \"a b\"}]";
    List<ServerEntry> expected =
        List.of(
            ServerEntry.of("10.0.0.3", 5000).with("weight", "5"),
            ServerEntry.of("10.0.0.4", 5000)
                .with("weight", "2")
                .with("backup")
                .with("zone", "a b"));

    assertThat(parse("servers.json", list)).isEqualTo(expected);
    assertThat(parse("servers.json", "{\"inventory\": " + list + ", \"x\": []}"))
        .isEqualTo(expected);
    assertThatThrownBy(() -> parse("servers.json", "{\"other\": []}"))
        .hasMessageContaining("no service 'inventory'");
  }

  private static List<ServerEntry> parse(String name, String text) throws IOException {
    return ServerFile.parse(text.getBytes(StandardCharsets.UTF_8), Path.of(name), "inventory");
  }

  @Test
  void attributesAndDrainReachTheUpstream() throws IOException {
    Files.writeString(
        folder.resolve("inventory.conf"), "10.0.0.3:5000 weight=5\n10.0.0.4:5000 drain\n");

    try (Mesh mesh =
        Mesh.of(
            Map.of(
                "mesh.discovery.files.type", "file",
                "mesh.discovery.files.path", folder + "/{service}.conf",
                "mesh.defaults.discovery", "files",
                "mesh.upstream.inventory.timeout", "3s"))) {
      assertThat(mesh.upstream("inventory").servers())
          .extracting(ServerStatus::toString)
          .containsExactly(
              "10.0.0.3:5000 up weight=5 inFlight=0 latency=0 ms",
              "10.0.0.4:5000 drained (drain in its entry) weight=1 inFlight=0 latency=0 ms");
    }
  }
}
