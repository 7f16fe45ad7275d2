package dev.inmesh.samples.recipes;

import com.sun.net.httpserver.HttpServer;
import dev.inmesh.Mesh;
import dev.inmesh.Registration;
import dev.inmesh.ServerStatus;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Three services in a registry, restarted one after the other: whoever calls them through {@code
 * mesh.upstream.inventory.discovery=zk} notices nothing.
 */
public final class RollingRestart {

  private RollingRestart() {}

  /** {@code mesh.discovery.zk} names the registry, {@code mesh.upstream.inventory} follows it. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Usage.check(
        RollingRestart.class,
        args,
        "-Dmesh.discovery.zk.address=<host:port> -Dmesh.discovery.zk.type=zookeeper"
            + " -Dmesh.upstream.inventory.discovery=zk");
    try (Mesh mesh = Mesh.fromSystemProperties()) {
      run(mesh, () -> System.out.println(mesh.upstream("inventory")));
    }
  }

  private record Service(HttpServer server, Registration registration) {

    static Service start(Mesh mesh, int port) throws IOException {
      InetAddress local = InetAddress.getLoopbackAddress();
      HttpServer server = HttpServer.create(new InetSocketAddress(local, port), 0);
      server.createContext("/", exchange -> exchange.sendResponseHeaders(204, -1));
      server.start();

      ServerEntry entry = ServerEntry.of("127.0.0.1", server.getAddress().getPort());
      Registration registration =
          mesh.registration("zk", "inventory", entry)
              .healthyWhen(() -> true) // Ask your database here.
              .drainFor(Duration.ofSeconds(1)) // Until callers have heard, and calls are over.
              .start();
      return new Service(server, registration);
    }

    int stop() {
      registration.close(); // Drained first, then taken away,
      server.stop(0); // and only then gone.
      return server.getAddress().getPort();
    }
  }

  static void run(Mesh mesh, Runnable whenAllAreUp) throws IOException, InterruptedException {
    Service[] services = new Service[3];
    for (int i = 0; i < services.length; i++) {
      services[i] = Service.start(mesh, 0);
    }
    awaitAll(mesh, services.length);
    whenAllAreUp.run();

    for (int i = 0; i < services.length; i++) {
      int port = services[i].stop();
      services[i] = Service.start(mesh, port);
      awaitAll(mesh, services.length); // Or soon all are away.
    }
  }

  private static void awaitAll(Mesh mesh, int count) throws InterruptedException {
    while (mesh.upstream("inventory").servers().stream()
            .filter(server -> server.state() == ServerStatus.State.UP)
            .count()
        < count) {
      Thread.sleep(10);
    }
  }
}
