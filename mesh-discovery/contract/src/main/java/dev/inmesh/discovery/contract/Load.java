package dev.inmesh.discovery.contract;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/** About 200 calls a second to {@code http://inventory/}, until it is closed. */
public final class Load implements AutoCloseable {

  private static final long PERIOD_NANOS = 5_000_000;
  private static final Request GET = new Request.Builder().url("http://inventory/").build();

  private final OkHttpClient http;
  private final AtomicLong calls = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Thread thread = new Thread(this::run, "load");
  private volatile boolean closed;

  private Load(OkHttpClient http) {
    this.http = http;
  }

  /** Starts to call. */
  public static Load on(Mesh mesh) {
    Load load = new Load(mesh.wrap(new OkHttpClient()));
    load.thread.start();
    return load;
  }

  private void run() {
    while (!closed) {
      try (Response response = http.newCall(GET).execute()) {
        String body = response.body().string();
        if (response.code() != 200 || !body.equals("well")) {
          failures.add(response.code() + " " + body);
        }
      } catch (IOException e) {
        failures.add(e.toString());
      }
      calls.incrementAndGet();
      LockSupport.parkNanos(PERIOD_NANOS);
    }
  }

  /** Calls that are over. */
  public long calls() {
    return calls.get();
  }

  /** What became of those that failed. */
  public Queue<String> failures() {
    return failures;
  }

  @Override
  public void close() {
    closed = true;
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
