package dev.inmesh.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The addresses of servers by their host names: looked up ahead on other threads, since a system
 * look-up can't be cancelled, refreshed while they are in use, and the last good ones kept while
 * the name service is away. Safe for concurrent use.
 */
public final class Resolver {

  /** How old addresses may become before they are looked up again, behind the calls' backs. */
  public static final Duration REFRESH = Duration.ofSeconds(10);

  /** The same while no address is known, or after a look-up that failed. */
  public static final Duration RETRY = Duration.ofSeconds(1);

  private static final Logger log = LoggerFactory.getLogger(Resolver.class);

  private final Executor executor;
  private final Lookup lookup;

  /** Those that somebody still uses. */
  private final Cache<String, Name> names = Caffeine.newBuilder().weakValues().build();

  /**
   * A resolver without names.
   *
   * @param executor runs look-ups, each of which may block for long; what it refuses fails, and is
   *     tried again soon
   */
  public Resolver(Executor executor) {
    this(executor, InetAddress::getAllByName);
  }

  /** The same with another name service than the system's. */
  public Resolver(Executor executor, Lookup lookup) {
    this.executor = executor;
    this.lookup = lookup;
  }

  /** A name service; it may block. */
  @FunctionalInterface
  public interface Lookup {

    /** All addresses of a host, the preferred one first. */
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /** A host name; starts its first look-up unless it is known. A literal is known at once. */
  public Name name(String host) {
    return names.get(host, h -> new Name(h, executor, lookup));
  }

  /** One host name and its last good addresses. Safe for concurrent use. */
  public static final class Name {

    private final String host;
    private final Executor executor;
    private final Lookup service;
    private final boolean literal;
    private volatile List<InetAddress> addresses = List.of();
    private volatile CompletableFuture<List<InetAddress>> lookup = new CompletableFuture<>();
    private volatile long lookedUpAt;

    private Name(String host, Executor executor, Lookup service) {
      this.host = host;
      this.executor = executor;
      this.service = service;
      this.literal = isLiteral(host);
      if (literal) {
        run();
      } else {
        start();
      }
    }

    private static boolean isLiteral(String host) {
      return host.indexOf(':') >= 0
          || (!host.isEmpty() && host.chars().allMatch(c -> c == '.' || (c >= '0' && c <= '9')));
    }

    private void start() {
      lookedUpAt = System.nanoTime();
      try {
        executor.execute(this::run);
      } catch (RuntimeException | Error e) {
        // The mesh is closing, or no thread can be started: whoever waits hears of it. A look-up
        // that stayed open would be the last one of its name.
        lookup.completeExceptionally(e);
      }
    }

    private void run() {
      try {
        List<InetAddress> found = List.of(service.addresses(host));
        if (found.isEmpty()) {
          throw new UnknownHostException(host);
        }
        addresses = found;
        lookup.complete(found);
      } catch (UnknownHostException | RuntimeException | Error e) {
        if (!addresses.isEmpty()) {
          log.debug("{}: not found now, the last good addresses stay", host, e);
        }
        lookup.completeExceptionally(e);
      }
    }

    /**
     * The addresses, and a look-up in the background when they are old. Empty when none is known
     * yet: {@link #pending} is then the look-up to wait for.
     */
    public List<InetAddress> addresses(long now) {
      boolean soon = addresses.isEmpty() || lookup.isCompletedExceptionally();
      refresh(now, soon ? RETRY : REFRESH);
      return addresses;
    }

    /**
     * The look-up that runs, or one no older than a second: for a client that looks the name up by
     * itself, and will see there what was seen here.
     */
    public CompletableFuture<List<InetAddress>> recent(long now) {
      refresh(now, RETRY);
      return lookup;
    }

    @Override
    public String toString() {
      return host;
    }

    /** The look-up that runs, or the last one; one that failed leaves the last good addresses. */
    public CompletableFuture<List<InetAddress>> pending() {
      return lookup;
    }

    private void refresh(long now, Duration age) {
      if (!literal && isOlder(now, age)) {
        startAgain(now, age);
      }
    }

    private boolean isOlder(long now, Duration age) {
      return now - lookedUpAt > age.toNanos();
    }

    private synchronized void startAgain(long now, Duration age) {
      if (isOlder(now, age) && lookup.isDone()) {
        lookup = new CompletableFuture<>();
        start();
      }
    }
  }
}
