package dev.inmesh.discovery.kubernetes;

import dev.inmesh.discovery.http.Ask;
import dev.inmesh.discovery.http.JsonStream;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.discovery.json.Json;
import java.io.IOException;
import java.time.Duration;

/** The API server's methods for the EndpointSlices of one service. */
record SliceApi(RegistryHttp http, String namespace, String service) {

  /** So many slices at once, each with a hundred endpoints. */
  private static final String PAGE = "100";

  private Ask ask() {
    return Ask.get("apis", "discovery.k8s.io", "v1", "namespaces", namespace, "endpointslices")
        .query("labelSelector", "kubernetes.io/service-name=" + service);
  }

  /**
   * A page of the list.
   *
   * @param more where the page before ended; empty for the first
   */
  Json page(String more) throws IOException, InterruptedException {
    return http.ask(ask().query("limit", PAGE).query("continue", more)).json();
  }

  /** What changes after a version. */
  JsonStream watch(String version, Duration time) throws IOException, InterruptedException {
    return http.open(
        ask()
            .query("watch", "true")
            .query("allowWatchBookmarks", "true")
            .query("resourceVersion", version)
            .query("timeoutSeconds", Long.toString(time.toSeconds())));
  }
}
