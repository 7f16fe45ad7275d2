package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.contract.Installed;
import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.discovery.http.Follow;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** etcd as a process with a folder of data. */
final class Etcd implements TestRegistry {

  private static final String PREFIX = "/inmesh/inventory/";

  private final Path program;
  private final Path data;
  private final int port;
  private final int peerPort;
  private Process process;

  /** Starts one; the test is skipped where there is none. */
  Etcd(Path data) throws Exception {
    this.program = Installed.program("etcd");
    this.data = data;
    try (ServerSocket first = free();
        ServerSocket second = free()) {
      port = first.getLocalPort();
      peerPort = second.getLocalPort();
    }
    process = run();
    awaitUp();
  }

  private static ServerSocket free() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }

  private Process run() throws IOException {
    String here = "http://127.0.0.1:" + port;
    String peers = "http://127.0.0.1:" + peerPort;
    return new ProcessBuilder(
            program.toString(),
            "--data-dir=" + data,
            "--listen-client-urls=" + here,
            "--advertise-client-urls=" + here,
            "--listen-peer-urls=" + peers,
            "--initial-advertise-peer-urls=" + peers,
            "--initial-cluster=default=" + peers)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  /** Calls one method, like {@code v3/kv/range}. */
  String call(Map<String, ?> message, String path) throws Exception {
    try (EtcdClient client =
        new EtcdClient(Follow.settings(new EtcdSourceFactory(), Map.of("address", address())))) {
      return client.call(message, path.split("/")).get("header").get("revision").text();
    }
  }

  List<String> address() {
    return List.of("127.0.0.1:" + port);
  }

  private void awaitUp() throws Exception {
    for (int tries = 0; ; tries++) {
      try {
        String unused = call(KeyRange.of(PREFIX).message(), "v3/kv/range");
        return;
      } catch (IOException e) {
        if (tries > 200 || !process.isAlive()) {
          throw e;
        }
        Thread.sleep(50);
      }
    }
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("type", "etcd", "address", "127.0.0.1:" + port);
  }

  @Override
  public String service() {
    return "inventory";
  }

  static String base64(String text) {
    return KeyRange.base64(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String key(int index) {
    return base64(PREFIX + (1000 + index));
  }

  @Override
  public void list(List<ServerEntry> entries) throws Exception {
    List<Object> operations = new ArrayList<>();
    for (int i = 0; i < entries.size(); i++) {
      String line = String.join(" ", entries.get(i).words());
      operations.add(Map.of("request_put", Map.of("key", key(i), "value", base64(line))));
    }
    operations.add(
        Map.of(
            "request_delete_range",
            Map.of("key", key(entries.size()), "range_end", KeyRange.of(PREFIX).end())));
    String unused = call(Map.of("success", operations), "v3/kv/txn");
  }

  @Override
  public void kill() {
    Process killed = process.destroyForcibly();
    Object unused = killed.onExit().join();
  }

  @Override
  public void restart() throws Exception {
    process = run();
    awaitUp();
  }

  @Override
  public void close() {
    kill();
  }
}
