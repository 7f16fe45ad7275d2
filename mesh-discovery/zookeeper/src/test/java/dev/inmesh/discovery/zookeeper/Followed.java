package dev.inmesh.discovery.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Follows a service as the mesh does, and remembers what is said. */
final class Followed implements Listing, AutoCloseable {

  private final ServerSource source;
  private final String service;
  private final Thread thread = new Thread(this::run, "followed");

  // All below is guarded by this.
  private final List<List<String>> lists = new ArrayList<>();
  private final List<String> failures = new ArrayList<>();
  private boolean closed;

  Followed(ServerSource source, String service) {
    this.source = source;
    this.service = service;
    thread.start();
  }

  private void run() {
    while (true) {
      try {
        source.follow(service, this);
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        synchronized (this) {
          if (closed) {
            return;
          }
          failures.add(String.valueOf(e.getMessage()));
          notifyAll();
        }
      }
    }
  }

  @Override
  public synchronized boolean list(List<ServerEntry> entries) {
    lists.add(entries.stream().map(entry -> String.join(" ", entry.words())).sorted().toList());
    notifyAll();
    return !entries.isEmpty();
  }

  @Override
  public void unchanged() {}

  /** Lists that were said. */
  synchronized int count() {
    return lists.size();
  }

  /** Waits until the last list is this one. */
  void awaitList(String... lines) throws InterruptedException {
    await(last -> last.equals(List.of(lines)));
  }

  /** Waits until the last list is right. */
  synchronized void await(Predicate<List<String>> right) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (lists.isEmpty() || !right.test(lists.get(lists.size() - 1))) {
      assertThat(System.nanoTime() - end).as("lists " + lists + failures).isNegative();
      wait(100);
    }
  }

  /** Waits until it fails with such a message. */
  synchronized void awaitFailure(Predicate<String> right) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (failures.stream().noneMatch(right)) {
      assertThat(System.nanoTime() - end).as("failures " + failures).isNegative();
      wait(100);
    }
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    thread.interrupt();
    source.close();
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
