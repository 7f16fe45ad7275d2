package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.discovery.http.Mutations;
import dev.inmesh.discovery.json.Json;
import dev.inmesh.discovery.json.JsonText;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import mockwebserver3.SocketEffect;
import okio.Buffer;

/**
 * An agent of Consul: the health endpoint with queries that block, and its own services, as far as
 * source and registrar need them.
 */
final class FakeConsul implements TestRegistry {

  private final Object lock = new Object();
  private MockWebServer server = new MockWebServer();
  private final int port;
  private List<Map<String, Object>> instances = List.of();
  private final Map<String, Map<String, Object>> registered = new LinkedHashMap<>();
  private final Set<String> maintained = new HashSet<>();
  private long index = 7;
  private boolean killed;

  FakeConsul() throws IOException {
    // A port that is asked for can be had again while old connections to it time out.
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    server.setDispatcher(new Blocking());
    server.start(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public Map<String, String> keys() {
    return Map.of("type", "consul", "address", "127.0.0.1:" + port);
  }

  @Override
  public String service() {
    return "inventory";
  }

  @Override
  public void list(List<ServerEntry> entries) {
    List<Map<String, Object>> list = new ArrayList<>();
    for (ServerEntry entry : entries) {
      int colon = entry.address().lastIndexOf(':');
      Map<String, Object> service = new HashMap<>();
      service.put("ID", "inventory-" + list.size());
      service.put("Address", entry.address().substring(0, colon));
      service.put("Port", Long.parseLong(entry.address().substring(colon + 1)));
      service.put("Tags", entry.words().subList(1, entry.words().size()));
      service.put("Weights", Map.of("Passing", 1, "Warning", 1));
      list.add(
          Map.of(
              "Node", Map.of("Address", "127.0.0.99"),
              "Service", service,
              "Checks", List.of(Map.of("CheckID", "serfHealth", "Status", "passing"))));
    }
    synchronized (lock) {
      instances = list;
      registered.clear();
      maintained.clear();
      change();
    }
  }

  private void change() {
    index++;
    lock.notifyAll();
  }

  /** What an agent's services look like in the catalog. */
  private List<Object> all() {
    List<Object> all = new ArrayList<>(instances);
    registered.forEach(
        (id, service) -> {
          List<Object> checks = new ArrayList<>();
          checks.add(Map.of("CheckID", "ttl", "Status", "passing"));
          if (maintained.contains(id)) {
            checks.add(Map.of("CheckID", "_service_maintenance:" + id, "Status", "critical"));
          }
          all.add(
              Map.of(
                  "Node", Map.of("Address", "127.0.0.99"), "Service", service, "Checks", checks));
        });
    return all;
  }

  /** An agent's own endpoints, {@code /v1/agent/...}; the status of the answer. */
  private int agent(List<String> path, RecordedRequest request) throws IOException {
    String id = path.get(path.size() - 1);
    synchronized (lock) {
      switch (path.get(2) + "/" + path.get(3)) {
        case "service/register" -> {
          Json body = Json.parse(Objects.requireNonNull(request.getBody()).toByteArray());
          registered.put(body.get("ID").text(), asMap(body));
        }
        case "service/deregister" -> {
          maintained.remove(id);
          if (registered.remove(id) == null) {
            return 404;
          }
        }
        case "service/maintenance" -> {
          if (!registered.containsKey(id)) {
            return 404;
          }
          if ("true".equals(request.getUrl().queryParameter("enable"))) {
            maintained.add(id);
          } else {
            maintained.remove(id);
          }
        }
        case "check/pass" -> {
          return registered.containsKey(id.replaceFirst("^inmesh:", "")) ? 200 : 404;
        }
        default -> {
          return 405;
        }
      }
      change();
      return 200;
    }
  }

  private static Map<String, Object> asMap(Json json) {
    Map<String, Object> map = new LinkedHashMap<>();
    json.fields().forEach((name, value) -> map.put(name, Mutations.plain(value)));
    return map;
  }

  private final class Blocking extends Dispatcher {

    @Override
    public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
      List<String> path = request.getUrl().pathSegments();
      if (path.get(1).equals("agent")) {
        try {
          return new MockResponse.Builder().code(agent(path, request)).build();
        } catch (IOException e) {
          return new MockResponse.Builder().code(400).body(e.toString()).build();
        }
      }
      String wait = request.getUrl().queryParameter("wait");
      String after = request.getUrl().queryParameter("index");
      if (!request.getUrl().encodedPath().equals("/v1/health/service/inventory")) {
        return new MockResponse.Builder().code(404).build();
      }
      synchronized (lock) {
        if (after != null) {
          await(
              Long.parseLong(after),
              Long.parseLong(Objects.requireNonNull(wait).replace("ms", "")));
        }
        if (killed) {
          return new MockResponse.Builder().onResponseStart(new SocketEffect.CloseSocket()).build();
        }
        return new MockResponse.Builder()
            .addHeader("X-Consul-Index", index)
            .addHeader("X-Consul-KnownLeader", true)
            .addHeader("X-Consul-LastContact", 0)
            .body(new Buffer().write(JsonText.of(all())))
            .build();
      }
    }

    private void await(long after, long millis) throws InterruptedException {
      long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
      long left = millis;
      while (index <= after && !killed && left > 0) {
        lock.wait(left);
        left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      }
    }
  }

  @Override
  public void kill() {
    synchronized (lock) {
      killed = true;
      lock.notifyAll();
    }
    server.close();
  }

  @Override
  public void restart() throws IOException {
    synchronized (lock) {
      killed = false;
    }
    server = new MockWebServer();
    server.setDispatcher(new Blocking());
    server.start(InetAddress.getLoopbackAddress(), port);
  }

  @Override
  public void close() {
    kill();
  }
}
