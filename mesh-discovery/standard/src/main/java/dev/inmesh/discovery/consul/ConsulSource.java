package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.http.Answer;
import dev.inmesh.discovery.http.Ask;
import dev.inmesh.discovery.http.Pace;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.discovery.json.Json;
import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Server lists from Consul's health endpoint, by queries that block until something changes. */
final class ConsulSource implements ServerSource {

  private final RegistryHttp http;
  private final SourceSettings settings;
  private final String consistency;
  private final Instances instances;

  ConsulSource(RegistryHttp http, SourceSettings settings) {
    this.http = http;
    this.settings = settings;
    this.consistency = settings.value(ConsulKeys.CONSISTENCY);
    this.instances = Instances.of(settings);
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    Pace pace = new Pace();
    List<ServerEntry> last = List.of();
    long index = 0;
    while (true) {
      pace.await();
      Answer answer = http.ask(query(service, index));
      List<ServerEntry> entries = entries(answer);
      Freshness.check(answer, consistency, entries.isEmpty());
      if (index > 0 && entries.equals(last)) {
        listing.unchanged();
        index = next(index, answer);
      } else if (listing.list(entries)) {
        last = entries;
        index = next(index, answer);
      } else {
        // Without an index, so that it says at once what it means.
        index = 0;
        Thread.sleep(Pace.CONFIRM.toMillis());
      }
    }
  }

  private Ask query(String service, long index) {
    Ask ask =
        Ask.get("v1", "health", "service", service)
            .query("dc", settings.value(ConsulKeys.DATACENTER))
            .query("ns", settings.value(ConsulKeys.NAMESPACE))
            .query("partition", settings.value(ConsulKeys.PARTITION))
            .query("filter", settings.value(ConsulKeys.FILTER));
    if (!consistency.equals("default")) {
      ask = ask.flag(consistency);
    }
    if (index == 0) {
      return ask;
    }
    Duration wait = settings.value(ConsulKeys.WAIT);
    // It adds up to a sixteenth of its own, so that clients don't come back as one.
    return ask.query("index", Long.toString(index))
        .query("wait", wait.toMillis() + "ms")
        .waiting(wait.plus(wait.dividedBy(16)));
  }

  /**
   * The index to wait on: none after one that goes backwards, and never less than 1, with which
   * older versions answer at once for ever.
   */
  private static long next(long index, Answer answer) {
    OptionalLong said = answer.number("X-Consul-Index");
    long after = Math.max(1, said.orElse(0));
    return said.isEmpty() || after < index ? 0 : after;
  }

  private List<ServerEntry> entries(Answer answer) throws IOException {
    Json json = answer.json();
    if (!json.isArray()) {
      throw answer.because("its answer is no list of servers");
    }
    List<ServerEntry> entries = new ArrayList<>();
    json.elements().forEach(instance -> instances.entry(instance).ifPresent(entries::add));
    return entries;
  }

  @Override
  public void close() {
    http.close();
  }
}
