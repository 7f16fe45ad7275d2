package dev.inmesh.samples.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** One client and what its calls took, in blocks. Used by one thread. */
final class Variant {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  private final String name;
  private final OkHttpClient client;
  private final Request request;
  private final List<Block> blocks = new ArrayList<>();

  /**
   * Calls made one after the other.
   *
   * @param p50 nanoseconds
   * @param p99 nanoseconds
   * @param cpu nanoseconds that the calling thread ran, for one call
   * @param bytes allocated by the calling thread for one call
   */
  record Block(long p50, long p99, long cpu, long bytes) {}

  Variant(String name, OkHttpClient client, String url) {
    this.name = name;
    this.client = client;
    this.request = new Request.Builder().url(url).build();
  }

  String name() {
    return name;
  }

  List<Block> blocks() {
    return blocks;
  }

  /** Calls that don't count. */
  void warmUp(int calls) throws IOException {
    run(new long[calls]);
  }

  /** A block of calls that count. */
  void measure(int calls) throws IOException {
    long[] nanos = new long[calls];
    long bytesBefore = THREADS.getCurrentThreadAllocatedBytes();
    long cpuBefore = THREADS.getCurrentThreadCpuTime();
    run(nanos);
    long cpu = (THREADS.getCurrentThreadCpuTime() - cpuBefore) / calls;
    long bytes = (THREADS.getCurrentThreadAllocatedBytes() - bytesBefore) / calls;
    Arrays.sort(nanos);
    blocks.add(new Block(nanos[calls / 2], nanos[calls * 99 / 100], cpu, bytes));
  }

  private void run(long[] nanos) throws IOException {
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      call();
      nanos[i] = System.nanoTime() - start;
    }
  }

  private void call() throws IOException {
    try (Response response = client.newCall(request).execute()) {
      int length = response.body().bytes().length;
      if (response.code() != 200 || length != 100) {
        throw new IOException(name + " got " + response + " with " + length + " bytes");
      }
    }
  }
}
