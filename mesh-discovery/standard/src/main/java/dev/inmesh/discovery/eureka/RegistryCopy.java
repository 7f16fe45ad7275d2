package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.eureka.Applications.Said;
import dev.inmesh.discovery.http.Ask;
import dev.inmesh.discovery.http.RefusedException;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a Eureka knows, asked for once in a while for all who follow it: all at first, and then what
 * has changed, as long as that adds up to what Eureka says that there is. That is a count by
 * status, which other instances may have as well: whenever changes may have been missed, and once
 * in a while anyway, all is asked for. Safe for concurrent use.
 */
final class RegistryCopy {

  /** Eureka tells of a change for 3 minutes, and an answer may come out of a cache. */
  private static final long LONGEST_GAP_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final long LONGEST_BELIEVED_NANOS = TimeUnit.MINUTES.toNanos(5);

  /** Whoever doubts an answer asks again after this, or earlier where all are asked earlier. */
  private static final long DOUBT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private static final int TOO_MANY_REQUESTS = 429;

  private final RegistryHttp http;
  private final List<String> path;
  private final Instance.Form form;
  private final Duration poll;
  private final LongSupplier clock;

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

  /** Whether changes may have been missed since the last answer. */
  private boolean doubtful;

  private long answeredAt;
  private long allAt;

  /** What was known at one time; the number grows with each answer. */
  record State(long number, long askedAt, Applications known, Forgotten forgotten) {

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
   * @param clock in nanoseconds
   */
  RegistryCopy(
      RegistryHttp http, List<String> path, Instance.Form form, Duration poll, LongSupplier clock) {
    this.http = http;
    this.path = path;
    this.form = form;
    this.poll = poll;
    this.clock = clock;
  }

  /**
   * The next state after one, by its number; waits until it is time to ask again. One of those who
   * wait asks, for all.
   *
   * @param doubted whether that one must be confirmed, and so the next one be had soon
   * @throws IOException if Eureka is away, for all who wait alike
   */
  State after(long number, boolean doubted) throws IOException, InterruptedException {
    long pause = doubted ? Math.min(DOUBT_NANOS, poll.toNanos()) : poll.toNanos();
    Optional<State> next = known(number, pause);
    return next.isPresent() ? next.get() : ask();
  }

  /** Empty for whoever is to ask. */
  private synchronized Optional<State> known(long number, long pause)
      throws IOException, InterruptedException {
    long before = asked;
    while (true) {
      State now = current;
      long left = now == null ? 0 : now.askedAt() + pause - clock.getAsLong();
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
    long startedAt = clock.getAsLong();
    State next = null;
    IOException failed = null;
    try {
      boolean isMissing =
          doubtful
              || startedAt - answeredAt > LONGEST_GAP_NANOS
              || startedAt - allAt > LONGEST_BELIEVED_NANOS;
      if (isMissing || !takeChanges()) {
        takeAll();
        allAt = startedAt;
      }
      answeredAt = startedAt;
      next = new State(++number, startedAt, current(known), forgotten);
      return next;
    } catch (IOException e) {
      failed = e;
      throw e;
    } finally {
      doubtful = next == null;
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

  /**
   * Whether that was enough. One that was restarted, that has been told to tell no changes (403) or
   * that can't tell them (500) may well say all; if it is away, that is seen then.
   */
  private boolean takeChanges() throws IOException, InterruptedException {
    Applications before = known;
    if (before == null) {
      return false;
    }
    Said changes;
    try {
      changes = Said.of(http.ask(question("apps", "delta")).json(), form);
    } catch (RefusedException e) {
      if (e.status() == TOO_MANY_REQUESTS) {
        throw e;
      }
      return false;
    } catch (IOException e) {
      return false;
    }
    Applications after = before.after(changes);
    if (!after.hash().equals(changes.hash())) {
      return false;
    }
    known = after;
    forgotten = forgotten.after(changes.words(), clock.getAsLong());
    return true;
  }

  private void takeAll() throws IOException, InterruptedException {
    Applications before = known;
    Applications now = Applications.of(Said.of(http.ask(question("apps")).json(), form));
    known = now;
    if (before != null) {
      forgotten = forgotten.after(before, now, clock.getAsLong());
    }
  }

  private Ask question(String... further) {
    List<String> all = new ArrayList<>(path);
    all.addAll(List.of(further));
    return Ask.get(all.toArray(new String[0]));
  }
}
