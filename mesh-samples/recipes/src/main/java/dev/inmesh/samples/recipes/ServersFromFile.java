package dev.inmesh.samples.recipes;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** The servers are in a file, which a deployment rewrites while this process runs. */
public final class ServersFromFile {

  private ServersFromFile() {}

  /** Takes the addresses of two servers; prints what the first and then the second one answers. */
  public static void main(String[] args) throws IOException, InterruptedException {
    Usage.check(ServersFromFile.class, args, "<host:port>", "<another host:port>");
    run(args[0], args[1]).forEach(System.out::println);
  }

  static List<String> run(String first, String second) throws IOException, InterruptedException {
    String file = Files.createTempDirectory("servers").resolve("inventory").toString();
    write(file, first);
    Map<String, String> keys =
        Map.of(
            "mesh.discovery.files.type", "file",
            "mesh.discovery.files.path", file,
            "mesh.upstream.inventory.discovery", "files",
            "mesh.upstream.inventory.timeout", "5s");
    try (Mesh mesh = Mesh.of(keys)) {
      OkHttpClient http = mesh.wrap(new OkHttpClient());
      String before = call(http);

      write(file, second);
      while (!mesh.upstream("inventory").servers().get(0).address().equals(second)) {
        Thread.sleep(10); // within a second
      }
      return List.of(before, call(http));
    }
  }

  /** Beside and renamed: nobody reads half a file. */
  private static void write(String file, String servers) throws IOException {
    Path beside = Files.writeString(Path.of(file + ".new"), servers + "\n");
    Files.move(beside, Path.of(file), StandardCopyOption.ATOMIC_MOVE);
  }

  private static String call(OkHttpClient http) throws IOException {
    Request request = new Request.Builder().url("http://inventory/v1/stock/7").build();
    try (Response response = http.newCall(request).execute()) {
      return response.body().string();
    }
  }
}
