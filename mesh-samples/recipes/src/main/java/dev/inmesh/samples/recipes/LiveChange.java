package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.config.Reload;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A property changes while the process runs: it holds for the next call, and nothing that the mesh
 * has learnt is lost. A wrong value changes nothing and says why.
 */
public final class LiveChange {

  private LiveChange() {}

  /** Takes the address of a server that needs more than 100 ms; prints what became of the calls. */
  public static void main(String[] args) throws IOException {
    Usage.check(LiveChange.class, args, "<host:port>");
    run(args[0]).forEach(System.out::println);
  }

  static List<String> run(String slowServer) throws IOException {
    List<String> seen = new ArrayList<>();
    try (Mesh mesh =
        Mesh.builder()
            .property("mesh.upstream.inventory.servers", slowServer)
            .property("mesh.upstream.inventory.timeout", "100ms")
            .build()) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());
      seen.add(call(http)); // timed out

      // The mesh looks every 5 s (mesh.config.refresh-interval), and at once when asked to.
      System.setProperty("mesh.upstream.inventory.timeout", "10s");
      mesh.reload();
      seen.add(call(http)); // {"stock":7}

      System.setProperty("mesh.upstream.inventory.timeout", "10");
      Reload reload = mesh.reload();
      seen.add(reload.problems().get(0).toString()); // no unit; write 10ms or 10s
      seen.add(call(http)); // {"stock":7}: the 10 s still hold
    }
    return seen;
  }

  private static String call(OkHttpClient http) throws IOException {
    Request request = new Request.Builder().url("http://inventory/v1/stock/7").build();
    try (Response response = http.newCall(request).execute()) {
      return response.body().string();
    } catch (CallTimeoutException e) {
      return "timed out";
    }
  }
}
