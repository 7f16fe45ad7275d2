package dev.inmesh.samples.shop;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.Charset;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The lines that somebody types or pipes in. The end of the input is no command. */
final class Keys {

  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  /** Reads the input until it ends, on a thread that keeps nobody alive. */
  Keys(InputStream in) {
    Thread reader = new Thread(() -> read(in), "keys");
    reader.setDaemon(true);
    reader.start();
  }

  private void read(InputStream in) {
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, Charset.defaultCharset()));
    try {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        if (!line.isBlank()) {
          lines.add(line.strip());
        }
      }
    } catch (IOException e) {
      // The terminal is gone: the script goes on without it.
    }
  }

  /** The next line, or null when none came in time. */
  @Nullable String next(long nanos) throws InterruptedException {
    return lines.poll(nanos, TimeUnit.NANOSECONDS);
  }
}
