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

  /** A message names so many entries that were dropped. */
  private static final int SHOWN = 5;

  private final String upstream;
  private final LongSupplier clock;
  private final long seed;
  private final Runnable changed;
  private final CountDownLatch first = new CountDownLatch(1);

  // All below is guarded by this.
  private Discovery settings;
  private EntryCheck check;
  private @Nullable Listing speaker;
  private List<ServerEntry> entries = List.of();
  private @Nullable List<Server> all;
  private List<Server> servers = List.of();
  private Set<String> warned = Set.of();
  private boolean emptyOnce;
  private boolean expired;
  private String trouble = "";
  private long confirmedAt;
  private long awaySince;
  private boolean away;
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
  }

  /** Only what this one says counts from now on. */
  synchronized void hear(@Nullable Listing newSpeaker) {
    speaker = newSpeaker;
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
        return false;
      }
      emptyOnce = false;
      entries = List.copyOf(listed);
      confirmed();
      int before = all == null ? 0 : all.size();
      boolean isFirst = all == null;
      all = checked.servers();
      List<Server> now = chosen();
      if (!isFirst && now.equals(servers)) {
        return true;
      }
      servers = now;
      say(isFirst, before, all.size());
    }
    changed.run();
    first.countDown();
    return true;
  }

  /** Nothing that could be used is no list at all; no entry is one when it is said twice. */
  private boolean isEmptinessCertain(List<ServerEntry> listed) {
    if (!listed.isEmpty()) {
      trouble = "none of its " + listed.size() + " entries can be used";
      return false;
    }
    if (!emptyOnce) {
      emptyOnce = true;
      trouble = "it lists no server";
      log.warn(
          "{}: {} lists no server; {}asking again",
          upstream,
          settings.registry(),
          servers.isEmpty() ? "" : "its last " + servers.size() + " stay; ");
      return false;
    }
    return true;
  }

  private void confirmed() {
    long now = clock.getAsLong();
    if (away) {
      log.info(
          "{}: {} answers again after {} s",
          upstream,
          settings.registry(),
          (now - awaySince) / SECOND);
    }
    away = false;
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
  private void say(boolean isFirst, int before, int now) {
    long time = clock.getAsLong();
    if (isFirst) {
      log.info("{}: {} servers from {}", upstream, now, settings.registry());
    } else if (time - saidAt >= SECOND || now == 0) {
      saidAt = time;
      log.info(
          "{}: other servers from {}: {} now, {} before",
          upstream,
          settings.registry(),
          now,
          before);
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
          "{}: {} of {} entries from {} dropped: {}{}",
          upstream,
          checked.dropped().size(),
          listed,
          settings.registry(),
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
    }
    if (back) {
      changed.run();
    }
  }

  /** The registry can't be asked. */
  synchronized void failed(Listing who, String reason) {
    if (who != speaker) {
      return;
    }
    trouble = reason;
    if (!away) {
      away = true;
      awaySince = clock.getAsLong();
      log.warn(
          "{}: {} is away: {}; {}",
          upstream,
          settings.registry(),
          reason,
          all == null ? "no list yet" : "its last " + all.size() + " servers stay");
    }
  }

  /** Drops a list that has become too old. */
  void tick(long now) {
    synchronized (this) {
      if (expired || !isExpired(now)) {
        return;
      }
      expired = true;
      servers = List.of();
      log.warn(
          "{}: the list from {} is older than discovery.max-stale={} ms: dropped",
          upstream,
          settings.registry(),
          settings.maxStale().orElse(Duration.ZERO).toMillis());
    }
    changed.run();
  }

  /** Age alone says nothing while the registry answers: some are asked every few minutes only. */
  private boolean isExpired(long now) {
    Optional<Duration> most = settings.maxStale();
    return most.isPresent() && away && all != null && now - confirmedAt > most.get().toNanos();
  }

  /** The servers to be used; empty while there is no list. */
  synchronized Optional<List<Server>> servers() {
    return all == null ? Optional.empty() : Optional.of(servers);
  }

  /** Seconds since the registry last confirmed its list. */
  synchronized OptionalDouble age(long now) {
    return all == null
        ? OptionalDouble.empty()
        : OptionalDouble.of((now - confirmedAt) / (double) SECOND);
  }

  /** {@code list from dns 4s ago}, for messages. */
  synchronized String words(long now) {
    String why = trouble.isEmpty() ? "" : " (" + trouble + ")";
    if (all == null) {
      return "no list from " + settings.registry() + " yet" + why;
    }
    return "list from "
        + settings.registry()
        + " "
        + (now - confirmedAt) / SECOND
        + "s ago"
        + (expired ? ", older than discovery.max-stale" : "")
        + why;
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
