package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import java.io.IOException;
import java.util.List;

/** Server lists from a Eureka, of which all upstreams share one copy. */
final class EurekaSource implements ServerSource {

  private final RegistryHttp http;
  private final RegistryCopy copy;

  EurekaSource(RegistryHttp http, RegistryCopy copy) {
    this.http = http;
    this.copy = copy;
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    String app = Applications.Key.app(service);
    List<ServerEntry> last = List.of();
    boolean settled = false;
    boolean doubted = false;
    long number = -1;
    while (true) {
      RegistryCopy.State state = copy.after(number, doubted);
      number = state.number();
      List<ServerEntry> servers = state.servers(app);
      if (settled && servers.equals(last)) {
        listing.unchanged();
      } else {
        settled = listing.list(servers);
        doubted = !settled;
        last = servers;
      }
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
