package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import java.io.IOException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * The first call: wrap the client, name the upstream in the URL, and say at the start of the
 * process which servers that is.
 *
 * <pre>
 * java -Dmesh.upstream.inventory.servers="10.0.0.3:5000, 10.0.0.4:5000" ... FirstCall
 * </pre>
 */
public final class FirstCall {

  private FirstCall() {}

  /** Prints an answer and the server that gave it. */
  public static void main(String[] args) throws IOException {
    Usage.check(FirstCall.class, args, "-Dmesh.upstream.inventory.servers=<host:port,...>");
    System.out.println(run());
  }

  static String run() throws IOException {
    try (Mesh mesh = Mesh.fromSystemProperties()) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());

      Request request = new Request.Builder().url("http://inventory/v1/stock/7").build();
      try (Response response = http.newCall(request).execute()) {
        return response.body().string() + " from " + response.header("mesh-server");
      }
    }
  }
}
