package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import java.net.http.HttpClient;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.web.client.RestClient;

/**
 * Spring's RestClient on the JDK's HTTP client: wrap that one, and everything above it stays as it
 * is. A call that fails is Spring's ResourceAccessException, with the mesh's exception as its
 * cause.
 */
public final class SpringRestClient {

  private SpringRestClient() {}

  /** Takes the servers, separated by commas; prints an answer and the server that gave it. */
  public static void main(String[] args) {
    Usage.check(SpringRestClient.class, args, "<host:port,...>");
    System.out.println(run(args[0]));
  }

  static String run(String servers) {
    try (Mesh mesh =
        Mesh.builder()
            .property("mesh.upstream.inventory.servers", servers)
            .property("mesh.upstream.inventory.timeout", "2s")
            .build()) {
      HttpClient jdk = mesh.wrap(HttpClient.newHttpClient());
      RestClient inventory =
          RestClient.builder()
              .requestFactory(new JdkClientHttpRequestFactory(jdk))
              .baseUrl("http://inventory")
              .build();

      ResponseEntity<String> stock =
          inventory.get().uri("/v1/stock/{id}", 7).retrieve().toEntity(String.class);
      return stock.getBody() + " from " + stock.getHeaders().getFirst("mesh-server");
    }
  }
}
