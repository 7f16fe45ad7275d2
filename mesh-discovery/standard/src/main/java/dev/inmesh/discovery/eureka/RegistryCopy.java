package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.eureka.Applications.Said;
import dev.inmesh.discovery.http.Answer;
import dev.inmesh.discovery.http.Ask;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What a Eureka knows, asked for once in a while for all who follow it: all at first, and then what
 * has changed, as long as that adds up to what Eureka says that there is. Safe for concurrent use.
 */
final class RegistryCopy {

  private final RegistryHttp http;
  private final List<String> path;
  private final Instance.Form form;
  private final Duration poll;

  // All below is guarded by this.

  /** The last answer; null before the first one and while Eureka is away. */
  private @Nullable State current;

  private @Nullable IOException failure;

  /** Counts the questions that are over, whatever came of them. */
  private long asked;

  private boolean asking;

  // Of whoever is asking.
  private @Nullable Applications known;
  private Forgotten forgotten = Forgotten.NONE;
  private long number;

  /** What was known at one time; the number grows with each answer. */
  record State(long number, long until, Applications known, Forgotten forgotten) {

    List<ServerEntry> servers(String app) {
      List<Instance> instances = new ArrayList<>(forgotten.of(app));
      known
          .instances()
          .forEach(
              (key, instance) -> {
                if (key.app().equals(app)) {
                  instances.add(instance);
                }
              });
      return instances.stream().filter(Instance::isServer).map(Instance::entry).toList();
    }
  }

  /**
   * A copy of nothing yet.
   *
   * @param path of the API
   */
  RegistryCopy(RegistryHttp http, List<String> path, Instance.Form form, Duration poll) {
    this.http = http;
    this.path = path;
    this.form = form;
    this.poll = poll;
  }

  /**
   * The next state after one, by its number; waits until it is time to ask again. One of those who
   * wait asks, for all.
   *
   * @throws IOException if Eureka is away, for all who wait alike
   */
  State after(long number) throws IOException, InterruptedException {
    Optional<State> next = known(number);
    return next.isPresent() ? next.get() : ask();
  }

  /** Empty for whoever is to ask. */
  private synchronized Optional<State> known(long number) throws IOException, InterruptedException {
    long before = asked;
    while (true) {
      State now = current;
      long left = now == null ? 0 : now.until() - System.nanoTime();
      if (now != null && now.number() > number && (left > 0 || asked != before)) {
        return Optional.of(now);
      }
      IOException failed = failure;
      if (asked != before && failed != null) {
        throw new IOException(failed.getMessage(), failed);
      }
      if (asking) {
        wait();
      } else if (left > 0) {
        TimeUnit.NANOSECONDS.timedWait(this, left);
      } else {
        asking = true;
        return Optional.empty();
      }
    }
  }

  private State ask() throws IOException, InterruptedException {
    long startedAt = System.nanoTime();
    State next = null;
    IOException failed = null;
    try {
      if (!takeChanges()) {
        takeAll();
      }
      next = new State(++number, startedAt + poll.toNanos(), current(known), forgotten);
      return next;
    } catch (IOException e) {
      failed = e;
      throw e;
    } finally {
      over(next, failed);
    }
  }

  private synchronized void over(@Nullable State next, @Nullable IOException failed) {
    current = next;
    failure = failed;
    asked++;
    asking = false;
    notifyAll();
  }

  private static Applications current(@Nullable Applications known) {
    if (known == null) {
      throw new IllegalStateException("nothing asked");
    }
    return known;
  }

  /** Whether that was enough: a server that was restarted, or has no changes to tell, says all. */
  private boolean takeChanges() throws IOException, InterruptedException {
    Applications before = known;
    if (before == null) {
      return false;
    }
    Answer answer = http.ask(question("apps", "delta"));
    if (answer.status() != 200) {
      // 403: it has been told not to tell changes.
      return false;
    }
    Said changes = Said.of(answer.json(), form);
    Applications after = before.after(changes);
    if (!after.hash().equals(changes.hash())) {
      return false;
    }
    known = after;
    forgotten = forgotten.after(changes.words(), System.nanoTime());
    return true;
  }

  private void takeAll() throws IOException, InterruptedException {
    Applications before = known;
    Applications now = Applications.of(Said.of(http.ask(question("apps")).json(), form));
    known = now;
    if (before != null) {
      forgotten = forgotten.after(before, now, System.nanoTime());
    }
  }

  private Ask question(String... further) {
    List<String> all = new ArrayList<>(path);
    all.addAll(List.of(further));
    return Ask.get(all.toArray(new String[0]));
  }
}
