package dev.inmesh.discovery.contract;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * 200 calls a second to {@code http://inventory/}, until it is closed: each begins when its time
 * has come, on one of a few threads, and those that a slow one has held up are made up for.
 */
public final class Load implements AutoCloseable {

  private static final int THREADS = 4;
  private static final long PERIOD_NANOS = 5_000_000;
  private static final Request GET = new Request.Builder().url("http://inventory/").build();

  private final OkHttpClient http;
  private final long startedAt = System.nanoTime();
  private final AtomicLong begun = new AtomicLong();
  private final AtomicLong calls = new AtomicLong();
  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean closed;

  private Load(OkHttpClient http) {
    this.http = http;
  }

  /** Starts to call. */
  public static Load on(Mesh mesh) {
    Load load = new Load(mesh.wrap(new OkHttpClient()));
    for (int i = 0; i < THREADS; i++) {
      Thread thread = new Thread(load::run, "load-" + i);
      load.threads.add(thread);
      thread.start();
    }
    return load;
  }

  private void run() {
    while (!closed) {
      long due = startedAt + begun.getAndIncrement() * PERIOD_NANOS;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(left);
      }
      call();
      calls.incrementAndGet();
    }
  }

  private void call() {
    try (Response response = http.newCall(GET).execute()) {
      String body = response.body().string();
      if (response.code() != 200 || !body.equals("well")) {
        failures.add(response.code() + " " + body);
      }
    } catch (IOException e) {
      failures.add(e.toString());
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
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
