package dev.inmesh.chaos;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.Security;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.tls.HandshakeCertificates;

/**
 * The main of a process whose names are those of a file (it is started with {@code
 * jdk.net.hosts.file}), which it rewrites while it makes calls: names that are unknown, that come
 * to be known, that lead elsewhere, and that are gone.
 *
 * <p>It prints one line for each call: its phase, how it was made, what came of it, and by how many
 * microseconds it was late, pauses apart.
 */
final class DnsChaos {

  /** Addresses are looked up again after 10 s, unknown names after 1 s. */
  private static final long REFRESHED_MILLIS = 10_500;

  private static final long RETRIED_MILLIS = 1_200;

  private static final List<Target> TARGETS = List.of(Target.scripted("plain", 250, 1));

  private final Path hosts;
  private final Clients clients;
  private final Ticker ticker;
  private long ids;

  private DnsChaos(Path hosts, Clients clients, Ticker ticker) {
    this.hosts = hosts;
    this.clients = clients;
    this.ticker = ticker;
  }

  /** In one step: somebody may be reading. */
  private static void write(Path hosts, String lines) throws IOException {
    Path next = hosts.resolveSibling("next");
    Files.writeString(next, "127.0.0.1 localhost\n" + lines);
    Files.move(next, hosts, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  public static void main(String[] args) throws Exception {
    // Before the first name is looked up; java.security has a value that properties don't overrule.
    Security.setProperty("networkaddress.cache.ttl", "0");
    Security.setProperty("networkaddress.cache.negative.ttl", "0");
    Path hosts = Path.of(args[0]);
    try (OriginServer first = server("127.0.0.1", 0);
        OriginServer second = server("127.0.0.2", first.port());
        Ticker ticker = Ticker.start();
        Mesh mesh = Mesh.of(keys(first.port()));
        Clients clients = new Clients(mesh, new HandshakeCertificates.Builder().build())) {
      Load load = new Load();
      new DnsChaos(hosts, clients, ticker).run();
      System.out.println("taken " + load.busy().isTakenByOthers());
      System.out.println("second " + second.answered());
    }
  }

  private static OriginServer server(String address, int port) throws IOException {
    return OriginServer.on(new ServerSocket(port, 500, InetAddress.getByName(address)), id -> {});
  }

  private static Map<String, String> keys(int port) {
    Map<String, String> keys =
        new HashMap<>(Map.of("mesh.upstream.plain.servers", "shop.chaos:" + port));
    TARGETS.get(0).keys().forEach((key, value) -> keys.put("mesh.upstream.plain." + key, value));
    return keys;
  }

  private void run() throws Exception {
    calls("cold");
    calls("unknown");
    write(hosts, "127.0.0.1 shop.chaos\n");
    TimeUnit.MILLISECONDS.sleep(RETRIED_MILLIS); // The resolver's clock is the real one.
    calls("looking"); // The first of them start the look-up, and may wait for it.
    calls("known");
    write(hosts, "127.0.0.2 shop.chaos\n");
    TimeUnit.MILLISECONDS.sleep(REFRESHED_MILLIS);
    calls("flipping"); // By the old address, and a look-up behind their backs.
    calls("flipped");
    write(hosts, "");
    TimeUnit.MILLISECONDS.sleep(REFRESHED_MILLIS);
    calls("gone");
    calls("gone");
  }

  private void calls(String phase) throws InterruptedException {
    List<Completion> made = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      ChaosCall call = ChaosCall.of(3, ids++, TARGETS);
      Completion completion = new Completion(call);
      clients.make(call, completion);
      if (!completion.await()) {
        System.out.println(phase + " " + call.how() + " never 0");
      }
      made.add(completion);
    }
    for (Completion call : made) {
      long late = Ledger.overshoot(call);
      long net = late <= 0 ? late : late - ticker.paused(call.deadlineNanos(), call.endNanos());
      System.out.println(
          phase
              + " "
              + call.call().how()
              + " "
              + call.outcome().replace(' ', '_')
              + " "
              + net / 1_000);
    }
  }
}
