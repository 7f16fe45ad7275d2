package dev.inmesh.discovery.kubernetes;

import dev.inmesh.discovery.http.JsonStream;
import dev.inmesh.discovery.http.Pace;
import dev.inmesh.discovery.http.Quiet;
import dev.inmesh.discovery.http.RefusedException;
import dev.inmesh.discovery.json.Json;
import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Follows the slices of one service from a list on. Not safe for concurrent use. */
final class SliceWatch {

  private static final int GONE = 410;

  /** So often a watched connection that is still there confirms the list. */
  private static final Duration BEAT = Duration.ofSeconds(5);

  /** A watch ends by itself; one that doesn't is ended this much later. */
  private static final Duration LATE = Duration.ofSeconds(5);

  private final SliceApi api;
  private final Slices slices;
  private final Listing listing;
  private final Duration time;
  private final Quiet quiet = new Quiet();
  private List<ServerEntry> told = List.of();
  private String version = "";

  SliceWatch(SliceApi api, Slices slices, Listing listing, Duration time) {
    this.api = api;
    this.slices = slices;
    this.listing = listing;
    this.time = time;
  }

  /**
   * Lists all, page by page.
   *
   * @return false if that must be done again
   */
  boolean list(Pace pace) throws IOException, InterruptedException {
    String more = "";
    do {
      pace.await();
      Json page;
      try {
        page = api.page(more);
      } catch (RefusedException e) {
        if (e.status() == GONE && !more.isEmpty()) {
          // The pages that are left are of a list that is too old by now.
          return false;
        }
        throw e;
      }
      if (!page.get("items").isArray()) {
        throw new IOException("its answer is no list of EndpointSlices");
      }
      page.get("items").elements().forEach(slices::put);
      version = page.get("metadata").get("resourceVersion").text();
      more = page.get("metadata").get("continue").text();
    } while (!more.isEmpty());
    return tell();
  }

  /** Says the list, and when it must be asked for again, waits a little. */
  private boolean tell() throws IOException, InterruptedException {
    told = slices.entries();
    boolean settled = listing.list(told);
    if (!settled) {
      Thread.sleep(Pace.CONFIRM.toMillis());
    }
    return settled;
  }

  /**
   * Watches for a while.
   *
   * @return false if all must be listed anew
   */
  boolean watch() throws IOException, InterruptedException {
    long end = System.nanoTime() + time.plus(LATE).toNanos();
    try (JsonStream stream = api.watch(version, time)) {
      listing.unchanged();
      while (!stream.isOver() && System.nanoTime() < end) {
        Optional<Json> event = stream.next(quiet.wait(BEAT));
        if (event.isPresent()) {
          if (!apply(event.get(), stream)) {
            return false;
          }
        } else if (stream.isWatched() && !stream.isOver()) {
          listing.unchanged();
        }
        if (quiet.isDue(event.isPresent()) && !slices.entries().equals(told) && !tell()) {
          return false;
        }
      }
      return true;
    } catch (RefusedException e) {
      if (e.status() == GONE) {
        return false;
      }
      throw e;
    }
  }

  private boolean apply(Json event, JsonStream stream) throws IOException {
    Json object = event.get("object");
    switch (event.get("type").text()) {
      case "ADDED", "MODIFIED" -> slices.put(object);
      case "DELETED" -> slices.remove(object);
      case "BOOKMARK" -> {
        version = version(object);
        listing.unchanged();
        return true;
      }
      case "ERROR" -> {
        if (object.get("code").text().equals(Integer.toString(GONE))) {
          return false;
        }
        throw stream.because("its watch fails: " + object.get("message").text());
      }
      default -> throw stream.because("its watch says nonsense");
    }
    version = version(object);
    quiet.changed();
    return true;
  }

  private String version(Json object) {
    String said = object.get("metadata").get("resourceVersion").text();
    return said.isEmpty() ? version : said;
  }
}
