package dev.inmesh.jdkhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.LoopbackServer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Map;

/** A call before those that have 100 ms: loading the client's classes takes longer than that. */
final class WarmUp {

  private WarmUp() {}

  static void run() throws Exception {
    try (LoopbackServer server = LoopbackServer.start(e -> e.reply(200, "warm"));
        Mesh mesh = Mesh.of(Map.of("mesh.upstream.u.servers", server.address()))) {
      HttpClient http = mesh.wrap(HttpClient.newHttpClient());
      http.send(HttpRequest.newBuilder(URI.create("http://u/")).build(), BodyHandlers.ofString());
    }
  }
}
