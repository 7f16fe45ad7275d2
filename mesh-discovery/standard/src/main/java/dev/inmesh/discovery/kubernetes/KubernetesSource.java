package dev.inmesh.discovery.kubernetes;

import dev.inmesh.discovery.http.Pace;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;

/** Server lists from the EndpointSlices of services, listed once and watched from there on. */
final class KubernetesSource implements ServerSource {

  private final RegistryHttp http;
  private final ServiceAccount account;
  private final SourceSettings settings;

  KubernetesSource(RegistryHttp http, ServiceAccount account, SourceSettings settings) {
    this.http = http;
    this.account = account;
    this.settings = settings;
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    ServiceName name =
        ServiceName.of(service)
            .orElseThrow(() -> new IOException("'" + service + "' is no service"));
    String namespace = name.namespace().isEmpty() ? account.namespace(settings) : name.namespace();
    SliceApi api = new SliceApi(http, namespace, name.service());
    Pace pace = new Pace();
    while (true) {
      Slices slices = new Slices(name, settings.value(KubernetesKeys.FAMILY));
      SliceWatch watch = new SliceWatch(api, slices, listing, settings.value(KubernetesKeys.WATCH));
      boolean goesOn = watch.list(pace);
      while (goesOn) {
        pace.await();
        goesOn = watch.watch();
      }
    }
  }

  @Override
  public void close() {
    http.close();
  }
}
