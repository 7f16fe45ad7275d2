package dev.inmesh.samples.shop;

import dev.inmesh.Mesh;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Calls before the demo starts, through a mesh of their own: the first call of a JVM takes 200 ms
 * and more, most of it for loading OkHttp's classes, which is not what the demo is about.
 */
final class WarmUp {

  private static final int CALLS = 200;

  private WarmUp() {}

  static void run(List<String> servers) throws IOException {
    try (Mesh mesh =
        Mesh.builder()
            .property("mesh.upstream.warm-up.servers", String.join(", ", servers))
            .property("mesh.upstream.warm-up.fallback", "default")
            .meterRegistry(new SimpleMeterRegistry())
            .build()) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());
      Request request = new Request.Builder().url("http://warm-up/").build();
      for (int i = 0; i < CALLS; i++) {
        try (Response response = http.newCall(request).execute()) {
          response.body().bytes();
        }
      }
    }
  }
}
