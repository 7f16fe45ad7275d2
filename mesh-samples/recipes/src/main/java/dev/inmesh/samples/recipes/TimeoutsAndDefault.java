package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Fail fast, give a default, move on: an attempt may take 100 ms and the whole call 300 ms, the
 * second attempt on another server included. Then the caller has the default answer, which says
 * that it is one.
 */
public final class TimeoutsAndDefault {

  private TimeoutsAndDefault() {}

  /** Takes the servers, separated by commas; prints the answer and where it came from. */
  public static void main(String[] args) throws IOException {
    Usage.check(TimeoutsAndDefault.class, args, "<host:port,...>");
    System.out.println(run(args[0]));
  }

  static String run(String servers) throws IOException {
    Map<String, String> keys =
        Map.of(
            "mesh.upstream.inventory.servers", servers,
            "mesh.upstream.inventory.timeout", "300ms",
            "mesh.upstream.inventory.timeout.attempt", "100ms",
            "mesh.upstream.inventory.retry.on", "connect,error,timeout,http_500,http_503",
            "mesh.upstream.inventory.fallback", "default",
            "mesh.upstream.inventory.fallback.content-type", "application/json",
            "mesh.upstream.inventory.fallback.body", "{\"stock\":\"unknown\"}");

    try (Mesh mesh = Mesh.of(keys)) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());

      Request request = new Request.Builder().url("http://inventory/v1/stock/7").build();
      try (Response response = http.newCall(request).execute()) {
        String source = response.header("mesh-source"); // live, retry or default
        return response.body().string() + ", " + source;
      }
    }
  }
}
