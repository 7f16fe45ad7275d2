package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import java.io.IOException;
import okhttp3.OkHttpClient;
import okhttp3.ResponseBody;
import retrofit2.Call;
import retrofit2.Response;
import retrofit2.Retrofit;
import retrofit2.http.GET;
import retrofit2.http.Path;

/**
 * A Retrofit service on the wrapped OkHttp client. Retrofit 3.0 still asks for OkHttp 4, whose jar
 * must be excluded: the mesh brings OkHttp 5 as okhttp-jvm.
 */
public final class RetrofitService {

  /** The service as Retrofit implements it. */
  public interface Inventory {

    /** How many are left. */
    @GET("v1/stock/{id}")
    Call<ResponseBody> stock(@Path("id") int id);
  }

  private RetrofitService() {}

  /** Takes the servers, separated by commas; prints an answer and the server that gave it. */
  public static void main(String[] args) throws IOException {
    Usage.check(RetrofitService.class, args, "<host:port,...>");
    System.out.println(run(args[0]));
  }

  static String run(String servers) throws IOException {
    try (Mesh mesh =
        Mesh.builder()
            .property("mesh.upstream.inventory.servers", servers)
            .property("mesh.upstream.inventory.timeout", "2s")
            .build()) {
      Inventory inventory =
          new Retrofit.Builder()
              .baseUrl("http://inventory/")
              .client(mesh.wrap(new OkHttpClient()))
              .build()
              .create(Inventory.class);

      Response<ResponseBody> stock = inventory.stock(7).execute();
      try (ResponseBody body = stock.body()) {
        return body.string() + " from " + stock.headers().get("mesh-server");
      }
    }
  }
}
