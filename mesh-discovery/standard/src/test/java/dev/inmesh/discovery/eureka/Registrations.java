package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.json.Json;
import dev.inmesh.discovery.json.JsonText;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import okhttp3.HttpUrl;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/** Registers instances with a Eureka, as they do themselves. */
final class Registrations {

  private static final MediaType JSON = MediaType.get("application/json");
  private static final long LEASE_SECONDS = 3600;

  private final OkHttpClient http = new OkHttpClient();
  private final HttpUrl apps;

  Registrations(String address) {
    this.apps = HttpUrl.get("http://" + address + "/eureka/apps");
  }

  /** An instance of an app. */
  static Map<String, Object> instance(String app, String id, ServerEntry entry) {
    String address = entry.address();
    int colon = address.lastIndexOf(':');
    Map<String, Object> metadata = new LinkedHashMap<>();
    for (String word : entry.words().subList(1, entry.words().size())) {
      int equals = word.indexOf('=');
      metadata.put(word.substring(0, equals), word.substring(equals + 1));
    }
    Map<String, Object> instance = new LinkedHashMap<>();
    instance.put("instanceId", id);
    instance.put("app", app);
    instance.put("vipAddress", app);
    instance.put("hostName", id + ".test");
    instance.put("ipAddr", address.substring(0, colon));
    instance.put("port", port(Integer.parseInt(address.substring(colon + 1)), true));
    instance.put("status", "UP");
    instance.put("metadata", metadata);
    instance.put("leaseInfo", Map.of("durationInSecs", LEASE_SECONDS));
    instance.put(
        "dataCenterInfo",
        Map.of(
            "@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name", "MyOwn"));
    return instance;
  }

  static Map<String, Object> port(int number, boolean enabled) {
    return Map.of("$", number, "@enabled", Boolean.toString(enabled));
  }

  void register(String app, Map<String, Object> instance) throws IOException {
    byte[] body = JsonText.of(Map.of("instance", instance));
    send("POST", body, apps.newBuilder().addPathSegment(app).build());
  }

  void deregister(String app, String id) throws IOException {
    send("DELETE", null, at(app, id).build());
  }

  /** Of all instances of an app; none of an app that there isn't. */
  List<String> ids(String app) throws IOException {
    Request request =
        new Request.Builder()
            .url(apps.newBuilder().addPathSegment(app).build())
            .header("Accept", "application/json")
            .build();
    try (Response response = http.newCall(request).execute()) {
      if (response.code() == 404) {
        return List.of();
      }
      return Json.parse(response.body().bytes())
          .get("application")
          .get("instance")
          .elements()
          .stream()
          .map(instance -> instance.get("instanceId").text())
          .toList();
    }
  }

  void override(String app, String id, String status) throws IOException {
    HttpUrl url = at(app, id).addPathSegment("status").addQueryParameter("value", status).build();
    send("PUT", new byte[0], url);
  }

  private HttpUrl.Builder at(String app, String id) {
    return apps.newBuilder().addPathSegment(app).addPathSegment(id);
  }

  private void send(String method, byte @Nullable [] body, HttpUrl url) throws IOException {
    RequestBody json = body == null ? null : RequestBody.create(body, JSON);
    Request request = new Request.Builder().url(url).method(method, json).build();
    try (Response response = http.newCall(request).execute()) {
      if (!response.isSuccessful()) {
        throw new IOException(method + " " + url + ": " + response.code());
      }
    }
  }

  static List<String> ids(List<ServerEntry> entries) {
    Map<String, Integer> seen = new LinkedHashMap<>();
    return entries.stream()
        .map(entry -> "i" + Integer.toHexString(entry.address().hashCode()))
        .map(id -> id + "-" + seen.merge(id, 1, Integer::sum))
        .toList();
  }
}
