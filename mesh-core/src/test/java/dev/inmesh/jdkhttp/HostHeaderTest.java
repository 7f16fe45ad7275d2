package dev.inmesh.jdkhttp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.LoopbackServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the JDK reads once, at the start of a process, is seen in a process of its own. */
final class HostHeaderTest extends LoopbackFixture {

  /** Calls as called, with a header of the user's own, and with {@code host-header}. */
  public static final class InAProcessOfItsOwn {

    private InAProcessOfItsOwn() {}

    /** Takes the server's address. */
    public static void main(String[] args) throws Exception {
      try (Mesh mesh =
          Mesh.of(
              Map.of(
                  "mesh.upstream.inventory.servers",
                  args[0],
                  "mesh.upstream.payments.servers",
                  args[0],
                  "mesh.upstream.payments.host-header",
                  "pay.example.no"))) {
        HttpClient http = mesh.wrap(HttpClient.newHttpClient());
        HttpRequest called = HttpRequest.newBuilder(URI.create("http://inventory/a")).build();
        HttpRequest withPort = HttpRequest.newBuilder(URI.create("http://inventory:81/b")).build();
        HttpRequest users =
            HttpRequest.newBuilder(URI.create("http://payments/c")).header("Host", "mine").build();
        HttpRequest configured = HttpRequest.newBuilder(URI.create("http://payments/d")).build();
        for (HttpRequest request : List.of(called, withPort, users, configured)) {
          http.send(request, BodyHandlers.discarding());
        }
      }
    }
  }

  @Test
  void theHostHeaderIsAsCalledOrAsConfiguredWhereTheJdkAllowsIt() throws Exception {
    LoopbackServer server = well();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djdk.httpclient.allowRestrictedHeaders=host",
                "-cp",
                System.getProperty("java.class.path"),
                InAProcessOfItsOwn.class.getName(),
                server.address())
            .inheritIO()
            .start();
    open.add(process::destroyForcibly);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();

    assertThat(process.exitValue()).isZero();
    assertThat(server.requests)
        .extracting(e -> e.headers().get("host"))
        .containsExactly("inventory", "inventory:81", "mine", "pay.example.no");
  }
}
