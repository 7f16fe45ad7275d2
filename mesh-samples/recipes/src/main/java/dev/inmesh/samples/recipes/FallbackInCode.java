package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import dev.inmesh.call.Answer;
import dev.inmesh.call.FailedCall;
import java.io.IOException;
import java.util.Map;
import java.util.NoSuchElementException;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * A fallback of your own: code that answers when no server does, here from a list that came with
 * the program. It runs within the call's timeout, of which the last 5 % are kept for it.
 */
public final class FallbackInCode {

  private static final Map<String, String> SHIPPED =
      Map.of("/v1/price/7", "{\"price\":\"19.90\",\"as-of\":\"yesterday\"}");

  private FallbackInCode() {}

  /** Takes the servers, separated by commas; prints the answer. */
  public static void main(String[] args) throws IOException {
    Usage.check(FallbackInCode.class, args, "<host:port,...>");
    System.out.println(run(args[0], "/v1/price/7"));
  }

  static String run(String servers, String path) throws IOException {
    try (Mesh mesh =
        Mesh.builder()
            .property("mesh.upstream.prices.servers", servers)
            .property("mesh.upstream.prices.timeout", "300ms")
            .fallback("prices", FallbackInCode::shippedPrice)
            .build()) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());

      Request request = new Request.Builder().url("http://prices" + path).build();
      try (Response response = http.newCall(request).execute()) {
        return response.body().string();
      }
    }
  }

  /** Has no price for it? Then the call fails as it would have without a fallback. */
  private static Answer shippedPrice(FailedCall call) {
    String price = SHIPPED.get(call.uri().getPath());
    if (price == null) {
      throw new NoSuchElementException("no price was shipped for " + call.uri());
    }
    return Answer.of(200, "application/json", price);
  }
}
