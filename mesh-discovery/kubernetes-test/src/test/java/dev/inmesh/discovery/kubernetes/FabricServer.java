package dev.inmesh.discovery.kubernetes;

import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.discovery.json.JsonText;
import dev.inmesh.server.ServerEntry;
import io.fabric8.kubernetes.client.server.mock.KubernetesCrudDispatcher;
import io.fabric8.kubernetes.client.server.mock.KubernetesMockServer;
import io.fabric8.mockwebserver.Context;
import io.fabric8.mockwebserver.MockWebServer;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;

/** fabric8's API server, which keeps what is written to it, with EndpointSlices of one service. */
final class FabricServer implements TestRegistry {

  private static final MediaType JSON = MediaType.get("application/json");

  private final KubernetesMockServer server =
      new KubernetesMockServer(
          new Context(),
          new MockWebServer(),
          new HashMap<>(),
          new KubernetesCrudDispatcher(),
          false);
  private final OkHttpClient http = new OkHttpClient();
  private final HttpUrl slices;
  private final WatchBridge bridge;
  private Set<String> names = Set.of();
  private int others;

  FabricServer() throws IOException {
    server.init(InetAddress.getLoopbackAddress(), 0);
    HttpUrl base = HttpUrl.get(server.url("/"));
    slices =
        base.newBuilder()
            .addPathSegments("apis/discovery.k8s.io/v1/namespaces/shop/endpointslices")
            .build();
    bridge = new WatchBridge(http, base);
  }

  @Override
  public Map<String, String> keys() {
    return Map.of(
        "type", "kubernetes",
        "address", bridge.address(),
        "tls", "off",
        "namespace", "shop",
        "watch", "2s");
  }

  @Override
  public String service() {
    return "inventory";
  }

  /** A slice for each port, and another one for what is listed twice. */
  @Override
  public void list(List<ServerEntry> entries) throws IOException {
    Map<String, List<Object>> endpoints = new LinkedHashMap<>();
    Map<String, String> ports = new HashMap<>();
    Map<String, Integer> times = new HashMap<>();
    for (ServerEntry entry : entries) {
      int colon = entry.address().lastIndexOf(':');
      String port = entry.address().substring(colon + 1);
      String name = "inventory-" + port + "-" + times.merge(entry.address(), 1, Integer::sum);
      ports.put(name, port);
      endpoints
          .computeIfAbsent(name, unused -> new ArrayList<>())
          .add(endpoint(entry.address().substring(0, colon), entry));
    }
    for (Map.Entry<String, List<Object>> slice : endpoints.entrySet()) {
      String name = slice.getKey();
      put(name, slice(name, Long.parseLong(ports.getOrDefault(name, "0")), slice.getValue()));
    }
    for (String name : names) {
      if (!endpoints.containsKey(name)) {
        send("DELETE", name, new byte[0]);
        anotherVersion();
      }
    }
    names = new HashSet<>(endpoints.keySet());
  }

  /** It counts no deletion: another service's change does. */
  private void anotherVersion() throws IOException {
    Map<String, Object> metadata =
        Map.of("name", "other-" + ++others, "namespace", "shop", "labels", Map.of());
    Map<String, Object> other = new HashMap<>(slice("other", 1, List.of()));
    other.put("metadata", metadata);
    send("POST", "", JsonText.of(other));
  }

  void put(String name, Map<String, Object> slice) throws IOException {
    byte[] body = JsonText.of(slice);
    send(names.contains(name) ? "PUT" : "POST", names.contains(name) ? name : "", body);
    names = new HashSet<>(names);
    names.add(name);
  }

  private void send(String method, String name, byte[] body) throws IOException {
    HttpUrl url = name.isEmpty() ? slices : slices.newBuilder().addPathSegment(name).build();
    Request request =
        new Request.Builder().url(url).method(method, RequestBody.create(body, JSON)).build();
    try (Response response = http.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw new IOException(method + " " + name + ": " + response.code());
      }
    }
  }

  private static Map<String, Object> endpoint(String host, ServerEntry entry) {
    Map<String, Object> endpoint = new HashMap<>();
    endpoint.put("addresses", List.of(host));
    endpoint.put("conditions", Map.of("ready", true, "serving", true, "terminating", false));
    for (String word : entry.words().subList(1, entry.words().size())) {
      endpoint.put(word.substring(0, word.indexOf('=')), word.substring(word.indexOf('=') + 1));
    }
    return endpoint;
  }

  static Map<String, Object> slice(String name, long port, List<Object> endpoints) {
    return Map.of(
        "kind",
        "EndpointSlice",
        "apiVersion",
        "discovery.k8s.io/v1",
        "metadata",
        Map.of(
            "name",
            name,
            "namespace",
            "shop",
            "labels",
            Map.of("kubernetes.io/service-name", "inventory")),
        "addressType",
        "IPv4",
        "ports",
        List.of(Map.of("name", "http", "port", port, "protocol", "TCP")),
        "endpoints",
        endpoints);
  }

  @Override
  public void kill() {
    bridge.kill();
  }

  @Override
  public void restart() throws IOException {
    bridge.restart();
  }

  @Override
  public void close() {
    bridge.close();
    server.destroy();
  }
}
