package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.junit.jupiter.api.Test;

final class FirstCallTest {

  @Test
  void callsToAnUpstreamGoToItsServers() throws Exception {
    try (MockWebServer a = new MockWebServer();
        MockWebServer b = new MockWebServer()) {
      a.start();
      b.start();
      Set<String> seen = new HashSet<>();
      try (Mesh mesh =
          Mesh.of(
              Map.of(
                  "mesh.upstream.inventory.servers",
                  "127.0.0.1:" + a.getPort() + ", 127.0.0.1:" + b.getPort()))) {
        OkHttpClient http = mesh.wrap(new OkHttpClient());
        for (int i = 0; i < 4; i++) {
          a.enqueue(new MockResponse.Builder().body("hello").build());
          b.enqueue(new MockResponse.Builder().body("hello").build());
          try (Response response =
              http.newCall(new Request.Builder().url("http://inventory/v1/stock").build())
                  .execute()) {
            assertThat(response.body().string()).isEqualTo("hello");
            assertThat(response.header("mesh-source")).isEqualTo("live");
            seen.add(response.header("mesh-server"));
          }
        }
        assertThat(seen).hasSize(2);
        assertThat(a.takeRequest().getHeaders().get("Host")).isEqualTo("inventory");
        assertThat(mesh.upstream("inventory").active()).isZero();
      }
    }
  }
}
