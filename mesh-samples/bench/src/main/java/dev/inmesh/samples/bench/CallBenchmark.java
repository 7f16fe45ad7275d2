package dev.inmesh.samples.bench;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * A call over OkHttp whose server answers in memory: what the mesh adds to a call, without the
 * kernel, which {@link LoopbackBenchmark} has in it.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(3)
@Warmup(iterations = 10, time = 500, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 20, time = 250, timeUnit = TimeUnit.MILLISECONDS)
public class CallBenchmark {

  private final Mesh mesh =
      Mesh.of(Map.of("mesh.upstream.inventory.servers", "127.0.0.1:5000, 127.0.0.2:5000"));
  private final OkHttpClient plain =
      new OkHttpClient.Builder().socketFactory(MemorySocket.factory()).build();
  private final OkHttpClient bare = plain.newBuilder().callTimeout(Duration.ofSeconds(15)).build();
  private final OkHttpClient wrapped = mesh.wrap(plain);
  private final Request direct = new Request.Builder().url("http://127.0.0.1/v1/stock").build();
  private final Request logical = new Request.Builder().url("http://inventory/v1/stock").build();

  /** The client without the mesh, with the same timeout. */
  @Benchmark
  public int bare() throws IOException {
    return call(bare, direct);
  }

  /** The client that the mesh wraps. */
  @Benchmark
  public int mesh() throws IOException {
    return call(wrapped, logical);
  }

  private static int call(OkHttpClient client, Request request) throws IOException {
    try (Response response = client.newCall(request).execute()) {
      return response.body().bytes().length;
    }
  }

  /** Ends the mesh's threads. */
  @TearDown
  public void close() {
    mesh.close();
  }
}
