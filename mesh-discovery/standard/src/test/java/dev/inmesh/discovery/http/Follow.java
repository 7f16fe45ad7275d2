package dev.inmesh.discovery.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.ServerSourceFactory;
import dev.inmesh.server.SourceKey;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Follows a service in a thread, and tells what the source says, in words. */
public final class Follow implements Listing, AutoCloseable {

  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final ServerSource source;
  private final Thread thread;

  private Follow(ServerSource source, String service) {
    this.source = source;
    this.thread = new Thread(() -> run(service), "follow");
  }

  /** Follows with these values; other keys have their defaults. */
  public static Follow of(ServerSourceFactory factory, String service, Map<String, Object> values) {
    Follow follow = new Follow(factory.open(settings(factory, values)), service);
    follow.thread.start();
    return follow;
  }

  /** Settings with these values; other keys have their defaults. */
  public static SourceSettings settings(ServerSourceFactory factory, Map<String, Object> values) {
    Map<String, Object> all = new HashMap<>();
    factory.keys().forEach(key -> all.put(key.name(), byDefault(key)));
    all.putAll(values);
    return new SourceSettings("registry", factory.type(), all);
  }

  private static Object byDefault(SourceKey<?> key) {
    String text = key.defaultText();
    return switch (key.kind()) {
      case TEXT, SECRET, WORD -> text;
      case COUNT -> text.isEmpty() ? (int) key.least() : Integer.parseInt(text);
      case ADDRESSES -> List.of();
      case DURATION -> duration(text);
    };
  }

  private static Duration duration(String text) {
    return text.endsWith("ms")
        ? Duration.ofMillis(Long.parseLong(text.replace("ms", "")))
        : Duration.parse("PT" + text);
  }

  private void run(String service) {
    while (true) {
      try {
        source.follow(service, this);
        said.add("it ended");
      } catch (InterruptedException e) {
        said.add("interrupted");
        return;
      } catch (IOException e) {
        said.add("failed: " + e.getMessage());
      } catch (RuntimeException e) {
        said.add(e.toString());
        return;
      }
      try {
        Thread.sleep(50);
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  @Override
  public boolean list(List<ServerEntry> entries) {
    said.add(entries.stream().map(entry -> String.join(" ", entry.words())).toList().toString());
    return !entries.isEmpty();
  }

  @Override
  public void unchanged() {
    said.add("unchanged");
  }

  /** What it says next. */
  public String next() throws InterruptedException {
    String next = said.poll(30, TimeUnit.SECONDS);
    assertThat(next).as("a word").isNotNull();
    return Objects.requireNonNull(next);
  }

  /** What it says next other than that nothing has changed. */
  public String nextChange() throws InterruptedException {
    String next = next();
    while (next.equals("unchanged")) {
      next = next();
    }
    return next;
  }

  /** Waits until it says this, whatever it says before: changes may come one by one or at once. */
  public void await(String expected) throws InterruptedException {
    String next = next();
    while (!next.equals(expected)) {
      assertThat(next).doesNotStartWith("failed");
      next = next();
    }
  }

  @Override
  public void close() {
    thread.interrupt();
    source.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
