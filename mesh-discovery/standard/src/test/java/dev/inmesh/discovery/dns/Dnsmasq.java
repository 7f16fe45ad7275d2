package dev.inmesh.discovery.dns;

import dev.inmesh.discovery.contract.Installed;
import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.xbill.DNS.Type;

/** dnsmasq as a process, which lists the addresses of a file of hosts. */
final class Dnsmasq implements TestRegistry {

  private static final String NAME = "inventory.test";

  private final Path program;
  private final Path hosts;
  private final int serversPort;
  private final int port;
  private Process process;

  /** Starts one; the test is skipped where there is none. */
  Dnsmasq(Path folder, int serversPort) throws IOException {
    this.program = Installed.program("dnsmasq");
    this.hosts = Files.writeString(folder.resolve("hosts"), "");
    this.serversPort = serversPort;
    try (DatagramSocket free = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      this.port = free.getLocalPort();
    }
    this.process = run();
  }

  private Process run() throws IOException {
    return new ProcessBuilder(
            program.toString(),
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--user=" + System.getProperty("user.name"),
            "--pid-file=",
            "--listen-address=127.0.0.1",
            "--bind-interfaces",
            "--port=" + port,
            "--no-resolv",
            "--no-hosts",
            "--local=/test/",
            "--local-ttl=1",
            "--neg-ttl=1",
            "--addn-hosts=" + hosts)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("type", "dns", "address", "127.0.0.1:" + port, "timeout", "500ms");
  }

  @Override
  public String service() {
    return NAME + ":" + serversPort;
  }

  @Override
  public void list(List<ServerEntry> entries) throws Exception {
    StringBuilder text = new StringBuilder();
    for (ServerEntry entry : entries) {
      String host = entry.address().substring(0, entry.address().lastIndexOf(':'));
      text.append(host).append(' ').append(NAME).append('\n');
    }
    Files.writeString(hosts, text.toString());
    if (process.isAlive()) {
      // It reads its hosts again on a hangup; while it starts, a hangup would end it.
      awaitUp();
      new ProcessBuilder("kill", "-HUP", Long.toString(process.pid())).start().waitFor();
    }
  }

  private void awaitUp() throws Exception {
    DnsClient client = new DnsClient(List.of("127.0.0.1:" + port), Duration.ofMillis(200));
    for (int tries = 0; ; tries++) {
      try {
        Object unused = client.ask(DnsServer.name(NAME), Type.A);
        return;
      } catch (IOException e) {
        if (tries > 100) {
          throw e;
        }
        Thread.sleep(20);
      }
    }
  }

  @Override
  public void kill() {
    process.destroyForcibly().onExit().join();
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
