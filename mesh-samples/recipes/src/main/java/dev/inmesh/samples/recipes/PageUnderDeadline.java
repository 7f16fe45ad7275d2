package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import dev.inmesh.call.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * One time for all calls of a page: what answers in time is live, what is asked when nothing is
 * left has its default, without a byte sent.
 */
public final class PageUnderDeadline {

  private PageUnderDeadline() {}

  /** Takes a server of the inventory and one of the reviews; prints where each part came from. */
  public static void main(String[] args) throws IOException {
    Usage.check(PageUnderDeadline.class, args, "<inventory host:port>", "<reviews host:port>");
    System.out.println(run(args[0], args[1], Duration.ofMillis(300)));
  }

  @SuppressWarnings("try") // The scope is for its end alone.
  static List<String> run(String inventory, String reviews, Duration time) throws IOException {
    Map<String, String> keys =
        Map.of(
            "mesh.defaults.timeout",
            "15s",
            "mesh.defaults.fallback",
            "default",
            "mesh.upstream.inventory.servers",
            inventory,
            "mesh.upstream.reviews.servers",
            reviews);

    try (Mesh mesh = Mesh.of(keys)) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());
      List<String> parts = new ArrayList<>();

      try (Deadline.Scope page = Deadline.within(time).open()) {
        for (String part : List.of("inventory/stock", "reviews/best", "inventory/price")) {
          Request request = new Request.Builder().url("http://" + part).build();
          try (Response response = http.newCall(request).execute()) {
            parts.add(part + " " + response.header("mesh-source")); // live or default
          }
        }
      }
      return parts;
    }
  }
}
