package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Weights: the big machine gets five calls for each one of the small machine. A server is written
 * as in nginx: {@code host:port weight=5 max_conns=100 backup}.
 */
public final class Weights {

  private Weights() {}

  /** Takes the addresses of the big and of the small server; prints who answered how often. */
  public static void main(String[] args) throws IOException {
    Usage.check(Weights.class, args, "<big host:port>", "<small host:port>");
    System.out.println(run(args[0], args[1]));
  }

  static Map<String, Integer> run(String big, String small) throws IOException {
    Map<String, String> keys =
        Map.of("mesh.upstream.inventory.servers", big + " weight=5, " + small + " weight=1");

    try (Mesh mesh = Mesh.of(keys)) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());

      Map<String, Integer> answers = new TreeMap<>();
      for (int i = 0; i < 60; i++) {
        Request request = new Request.Builder().url("http://inventory/v1/stock/7").build();
        try (Response response = http.newCall(request).execute()) {
          answers.merge(response.header("mesh-server", "nobody"), 1, Integer::sum);
        }
      }
      return answers; // {10.0.0.3:5000=50, 10.0.0.4:5000=10}
    }
  }
}
