package dev.inmesh.registry;

import dev.inmesh.config.EntryCheck;
import dev.inmesh.config.EntryCheck.Checked;
import dev.inmesh.config.UpstreamSettings.Discovery;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Listing;
import dev.inmesh.server.Server;
import dev.inmesh.server.ServerEntry;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The list of one upstream as its registry says it, and the rules of what is taken over: the last
 * good list stays, nothing that can't be used comes in, an empty list needs a second word. Makes no
 * thread and waits for nothing but the first list. Safe for concurrent use.
 */
final class ListKeeper {

  private static final Logger log = LoggerFactory.getLogger(ListKeeper.class);

  private static final long SECOND = 1_000_000_000;

  /**
   * So long after an empty list was first said it is believed: a registry that has just started
   * lists nothing until those who registered there have said so again, which takes them 4 s at
   * most.
   */
  static final long CONFIRM_NANOS = 5 * SECOND;

  /** For so long nothing more is said of a registry that comes and goes for the same reason. */
  private static final long QUIET_NANOS = 60 * SECOND;

  /** A message names so many entries that were dropped. */
  private static final int SHOWN = 5;

  private final String upstream;
  private final LongSupplier clock;
  private final long seed;
  private final Runnable changed;
  private final CountDownLatch first = new CountDownLatch(1);

  /** Of all below, for whoever only reads. */
  private volatile ListState state;

  // All below is guarded by this.
  private Discovery settings;
  private EntryCheck check;
  private @Nullable Listing speaker;
  private List<ServerEntry> entries = List.of();
  private @Nullable List<Server> all;
  private List<Server> servers = List.of();
  private Set<String> warned = Set.of();
  private boolean emptyOnce;
  private long emptySince;

  /** Whether the list could not be taken over, and has to be said again. */
  private boolean stuck;

  private boolean expired;
  private String trouble = "";
  private long confirmedAt;
  private long awaySince;
  private boolean away;
  private String awayFor = "";
  private boolean awaySaid;
  private long awaySaidAt;
  private long saidAt;

  /**
   * A keeper without a list.
   *
   * @param seed of this process, for subsets
   * @param changed called after each change, without a lock
   */
  ListKeeper(
      String upstream,
      Discovery settings,
      AllowedNetworks networks,
      LongSupplier clock,
      long seed,
      Runnable changed) {
    this.upstream = upstream;
    this.settings = settings;
    this.check = new EntryCheck(networks);
    this.clock = clock;
    this.seed = seed;
    this.changed = changed;
    this.saidAt = clock.getAsLong() - SECOND;
    this.state = new ListState(settings.registry(), null, 0, false, "");
  }

  /** Lets others see what has changed. */
  private void publish() {
    state =
        new ListState(
            settings.registry(), all == null ? null : servers, confirmedAt, expired, trouble);
  }

  /** Other settings from now on; the list stays. */
  synchronized void apply(Discovery newSettings, AllowedNetworks networks) {
    settings = newSettings;
    if (!check.isOf(networks)) {
      check = new EntryCheck(networks);
      if (all != null) {
        Checked checked = check.check(entries);
        warn(checked, entries.size());
        all = checked.servers();
      }
    }
    expired = isExpired(clock.getAsLong());
    servers = chosen();
    publish();
  }

  /** Only what this one says counts from now on. */
  synchronized void hear(@Nullable Listing newSpeaker) {
    speaker = newSpeaker;
    emptyOnce = false;
  }

  /** The registry says its list; see {@link Listing#list}. */
  boolean listed(Listing who, List<ServerEntry> listed) {
    synchronized (this) {
      if (who != speaker) {
        return true;
      }
      Checked checked = check.check(listed);
      warn(checked, listed.size());
      if (checked.servers().isEmpty() && !isEmptinessCertain(listed)) {
        publish();
        return false;
      }
      emptyOnce = false;
      entries = List.copyOf(listed);
      confirmed();
      List<Server> before = all;
      all = checked.servers();
      List<Server> now = chosen();
      boolean same = before != null && !stuck && now.equals(servers);
      servers = now;
      publish();
      if (same) {
        return true;
      }
      say(before, all);
    }
    deliver();
    first.countDown();
    return true;
  }

  /** What goes wrong in it isn't the registry's doing; it is tried again at the next tick. */
  private void deliver() {
    try {
      changed.run();
      synchronized (this) {
        stuck = false;
      }
    } catch (RuntimeException | Error e) {
      boolean isNew;
      synchronized (this) {
        isNew = !stuck;
        stuck = true;
      }
      if (isNew) {
        log.error("{}: its list could not be taken over, which is tried again", upstream, e);
      }
    }
  }

  /** Nothing that could be used is no list at all; no entry is one when it is said again later. */
  private boolean isEmptinessCertain(List<ServerEntry> listed) {
    long now = clock.getAsLong();
    if (!listed.isEmpty()) {
      trouble = "none of its " + listed.size() + " entries can be used";
      isAway(now);
      return false;
    }
    if (!emptyOnce) {
      emptyOnce = true;
      emptySince = now;
      trouble = "it lists no server";
      log.warn(
          "{}: {} lists no server; {}asking again",
          upstream,
          settings.registry(),
          servers.isEmpty() ? "" : "its last list stays; ");
      return false;
    }
    return now - emptySince >= CONFIRM_NANOS;
  }

  private void isAway(long now) {
    if (!away) {
      away = true;
      awaySince = now;
    }
  }

  private void confirmed() {
    long now = clock.getAsLong();
    if (away && awaySaid) {
      log.info(
          "{}: {} answers again after {} s",
          upstream,
          settings.registry(),
          (now - awaySince) / SECOND);
    }
    away = false;
    awaySaid = false;
    trouble = "";
    expired = false;
    confirmedAt = now;
  }

  private List<Server> chosen() {
    List<Server> known = all;
    if (known == null || expired) {
      return List.of();
    }
    return settings.subset().map(size -> Subset.of(known, size, seed)).orElse(known);
  }

  /** One line a second at most, since a list may change a hundred times in it. */
  private void say(@Nullable List<Server> before, List<Server> now) {
    long time = clock.getAsLong();
    if (before == null) {
      log.info("{}: {} from {}", upstream, ListWords.count(now), settings.registry());
    } else if (now.isEmpty()) {
      saidAt = time;
      log.warn(
          "{}: {} goes on listing no server: its last {} are used no more",
          upstream,
          settings.registry(),
          before.size());
    } else if (time - saidAt >= SECOND) {
      saidAt = time;
      log.info(
          "{}: {} from {}: {}",
          upstream,
          ListWords.count(now),
          settings.registry(),
          ListWords.difference(before, now));
    }
  }

  /** Warns of what is dropped, once until it has gone away and comes back. */
  private void warn(Checked checked, int listed) {
    if (checked.dropped().isEmpty()) {
      warned = Set.of();
      return;
    }
    List<String> news =
        checked.dropped().stream().filter(fault -> !warned.contains(fault)).distinct().toList();
    warned = new HashSet<>(checked.dropped());
    if (!news.isEmpty()) {
      int more = news.size() - SHOWN;
      log.warn(
          "{}: {} of {} entries from {} dropped{}: {}{}",
          upstream,
          checked.dropped().size(),
          listed,
          settings.registry(),
          checked.servers().isEmpty() && !servers.isEmpty() ? ", so its last list stays" : "",
          String.join("; ", news.subList(0, Math.min(news.size(), SHOWN))),
          more > 0 ? "; and " + more + " more" : "");
    }
  }

  /** The registry confirms its last list. */
  void unchanged(Listing who) {
    boolean back;
    synchronized (this) {
      if (who != speaker || all == null) {
        return;
      }
      back = expired;
      confirmed();
      servers = chosen();
      publish();
    }
    if (back) {
      deliver();
    }
  }

  /** The registry can't be asked. */
  synchronized void failed(Listing who, String reason) {
    if (who != speaker) {
      return;
    }
    long now = clock.getAsLong();
    trouble = reason;
    emptyOnce = false;
    isAway(now);
    publish();
    boolean again = awayFor.equals(reason) && now - awaySaidAt < QUIET_NANOS;
    if (!awaySaid && !again) {
      awaySaid = true;
      awaySaidAt = now;
      awayFor = reason;
      log.warn(
          "{}: {} can't be read: {}; {}",
          upstream,
          settings.registry(),
          reason,
          all == null ? "no list yet" : "its last list stays");
    }
  }

  /** Drops a list that has become too old, and says again what could not be taken over. */
  void tick(long now) {
    synchronized (this) {
      boolean drop = !expired && isExpired(now);
      if (!drop && !stuck) {
        return;
      }
      if (drop) {
        drop();
      }
    }
    deliver();
  }

  private void drop() {
    expired = true;
    servers = List.of();
    publish();
    log.warn(
        "{}: the list from {} is older than discovery.max-stale={} ms: dropped",
        upstream,
        settings.registry(),
        settings.maxStale().orElse(Duration.ZERO).toMillis());
  }

  /** Age alone says nothing while the registry answers: some are asked every few minutes only. */
  private boolean isExpired(long now) {
    Optional<Duration> most = settings.maxStale();
    return most.isPresent() && away && all != null && now - confirmedAt > most.get().toNanos();
  }

  /** The servers to be used; empty while there is no list. */
  Optional<List<Server>> servers() {
    return state.known();
  }

  /** Seconds since the registry last confirmed its list. */
  OptionalDouble age(long now) {
    return state.age(now);
  }

  /** {@code list from dns 4s ago}, for messages. */
  String words(long now) {
    return state.words(now);
  }

  /** Waits for the first list until its time is over, and says so when it is. */
  void awaitFirst(long startedAt) {
    Duration most;
    synchronized (this) {
      most = settings.startTimeout();
    }
    try {
      long left = startedAt + most.toNanos() - clock.getAsLong();
      if (!first.await(Math.max(0, left), TimeUnit.NANOSECONDS)) {
        log.warn(
            "{}: starts without servers after discovery.start-timeout={} ms: {}",
            upstream,
            most.toMillis(),
            words(clock.getAsLong()));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
