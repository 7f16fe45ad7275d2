package dev.inmesh.http;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.inmesh.config.UpstreamSettings.FallbackSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The last good answers of one upstream, for {@code fallback=stale}: bounded by age and by bytes.
 * Safe for concurrent use.
 *
 * <p>Kept are answers to GET only, by URL and the headers named in {@code fallback.vary}; never one
 * that belongs to somebody (the request carried Authorization or Cookie, unless named there, or the
 * answer says no-store, private or Set-Cookie), is a part of the whole, is still encoded, or varies
 * by a header that is not part of the key.
 */
public final class StaleAnswers {

  /** Of every entry, for the objects around the bytes. */
  private static final int OVERHEAD_BYTES = 400;

  /**
   * What an answer is kept under.
   *
   * @param varied the values of the headers named in {@code fallback.vary}, in that order
   */
  public record Key(String url, List<String> varied) {}

  /**
   * A kept answer.
   *
   * @param headers name and value alternating
   * @param keptAt the instant at which it was kept
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by identity only.
  public record Kept(int status, List<String> headers, byte[] body, long keptAt) {

    private int bytes(Key key) {
      long bytes = body.length + OVERHEAD_BYTES + 2L * key.url.length();
      for (String header : headers) {
        bytes += header.length();
      }
      for (String value : key.varied) {
        bytes += value.length();
      }
      return (int) Math.min(Integer.MAX_VALUE, bytes);
    }
  }

  /** Where one answer is kept. */
  public record Place(StaleAnswers answers, Key key) {

    /** The most bytes that the body may have. */
    public long maxBodyBytes() {
      return answers.maxBodyBytes();
    }

    /** Keeps the answer. */
    public void keep(Kept answer) {
      answers.keep(key, answer);
    }
  }

  private final FallbackSettings settings;
  private final Cache<Key, Kept> kept;

  /**
   * An empty cache for these settings.
   *
   * @param before the cache that it takes the place of, whose answers it takes over
   */
  public StaleAnswers(FallbackSettings settings, @Nullable StaleAnswers before) {
    this.settings = settings;
    this.kept =
        Caffeine.newBuilder()
            .maximumWeight(settings.maxBytes())
            .weigher((Key key, Kept value) -> value.bytes(key))
            .build();
    if (before != null && before.settings.vary().equals(settings.vary())) {
      kept.putAll(before.kept.asMap());
    }
  }

  /** What the cache was made for. */
  public FallbackSettings settings() {
    return settings;
  }

  /**
   * The key of a request, or null when its answer must not be kept, nor a kept one be its answer.
   *
   * @param header the value of a request header by its name in lower case; null when missing
   */
  public @Nullable Key key(String method, String url, Function<String, @Nullable String> header) {
    if (!method.equals("GET") || header.apply("range") != null) {
      return null;
    }
    List<String> vary = settings.vary();
    for (String secret : List.of("authorization", "cookie")) {
      if (!vary.contains(secret) && header.apply(secret) != null) {
        return null;
      }
    }
    List<String> varied = new ArrayList<>(vary.size());
    for (String name : vary) {
      String value = header.apply(name);
      varied.add(value == null ? "" : value);
    }
    return new Key(url, List.copyOf(varied));
  }

  /**
   * Whether such an answer may be kept.
   *
   * @param header the value of an answer's header by its name in lower case, several joined by
   *     commas; null when missing
   */
  public boolean mayKeep(int status, Function<String, @Nullable String> header) {
    if (status < 200 || status > 299 || status == 206 || header.apply("set-cookie") != null) {
      return false;
    }
    // Encoded as one client asked for; the next one may not understand it.
    if (header.apply("content-encoding") != null) {
      return false;
    }
    Set<String> control = tokens(header.apply("cache-control"));
    if (control.contains("no-store") || control.contains("private")) {
      return false;
    }
    for (String name : tokens(header.apply("vary"))) {
      if (!name.equals("accept-encoding") && !settings.vary().contains(name)) {
        return false;
      }
    }
    return true;
  }

  private static Set<String> tokens(@Nullable String list) {
    if (list == null) {
      return Set.of();
    }
    Set<String> tokens = new HashSet<>();
    for (String part : list.toLowerCase(Locale.ROOT).split(",", -1)) {
      int value = part.indexOf('=');
      tokens.add((value < 0 ? part : part.substring(0, value)).strip());
    }
    tokens.remove("");
    return tokens;
  }

  private long maxBodyBytes() {
    return Math.min(settings.maxBytes(), Integer.MAX_VALUE - 64);
  }

  private void keep(Key key, Kept answer) {
    kept.put(key, answer);
  }

  /** The last good answer that is not too old, or null. */
  public @Nullable Kept find(Key key, long now) {
    Kept answer = kept.getIfPresent(key);
    if (answer == null) {
      return null;
    }
    Duration age = Duration.ofNanos(now - answer.keptAt());
    if (age.compareTo(settings.maxStale()) > 0) {
      kept.asMap().remove(key, answer);
      return null;
    }
    return answer;
  }
}
