package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.http.Answer;
import dev.inmesh.discovery.http.Ask;
import dev.inmesh.discovery.http.RefusedException;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.discovery.json.EntryText;
import dev.inmesh.discovery.json.JsonText;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Registers a service with one agent, with a check that fails unless it is told again and again
 * that all is well. A drain is Consul's maintenance of the service.
 */
final class ConsulRegistrar implements Registrar {

  private static final String DRAIN = "drain";

  /** The least that Consul allows. */
  private static final String DEREGISTER_AFTER = "1m";

  private final RegistryHttp http;
  private final SourceSettings settings;
  private final Duration time;

  /** What the agent has taken last, without a drain, and whether it has that too. */
  private Optional<ServerEntry> taken = Optional.empty();

  private Optional<Boolean> drained = Optional.empty();

  ConsulRegistrar(RegistryHttp http, SourceSettings settings) {
    this.http = http;
    this.settings = settings;
    this.time = settings.value(ConsulKeys.TTL);
  }

  @Override
  public void register(String service, ServerEntry entry) throws IOException, InterruptedException {
    String id = id(service, entry);
    boolean drain = entry.words().contains(DRAIN);
    ServerEntry plain =
        new ServerEntry(entry.words().stream().filter(word -> !word.equals(DRAIN)).toList());
    if (!taken.equals(Optional.of(plain)) || !isKnown(id)) {
      taken = Optional.empty();
      drained = Optional.empty();
      require(
          put(
              ask(JsonText.of(definition(service, id, plain, drain)), "service", "register")
                  .query("replace-existing-checks", "true")));
      taken = Optional.of(plain);
    }
    // A former process may have left it drained.
    if (!drained.equals(Optional.of(drain))) {
      if (!maintain(id, drain)) {
        taken = Optional.empty();
        throw new IOException("the agent has lost " + id);
      }
      drained = Optional.of(drain);
    }
  }

  private static String id(String service, ServerEntry entry) {
    return service + "-" + entry.address();
  }

  private Map<String, Object> definition(
      String service, String id, ServerEntry entry, boolean drain) {
    Map<String, String> attributes = EntryText.attributes(entry);
    int colon = entry.address().lastIndexOf(':');
    String host = entry.address().substring(0, colon).replaceAll("^\\[|]$", "");
    List<String> tags = new ArrayList<>();
    tag(tags, settings.value(ConsulKeys.ZONE_TAG), attributes.get("zone"));
    tag(tags, settings.value(ConsulKeys.REGION_TAG), attributes.get("region"));
    Map<String, Object> meta = new LinkedHashMap<>();
    attributes.forEach((name, value) -> meta.put(name, value.isEmpty() ? "true" : value));
    meta.keySet().removeAll(List.of("zone", "region", "weight"));
    long weight = Long.parseLong(attributes.getOrDefault("weight", "1"));
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("ID", id);
    definition.put("Name", service);
    definition.put("Address", host);
    definition.put("Port", Long.parseLong(entry.address().substring(colon + 1)));
    definition.put("Tags", tags);
    definition.put("Meta", meta);
    definition.put("Weights", Map.of("Passing", weight, "Warning", weight));
    definition.put(
        "Check",
        Map.of(
            "CheckID",
            check(id),
            "Name",
            "inmesh registration",
            "TTL",
            time.toMillis() + "ms",
            // Until it is drained, nobody must take it for one that isn't.
            "Status",
            drain ? "critical" : "passing",
            "DeregisterCriticalServiceAfter",
            DEREGISTER_AFTER));
    return definition;
  }

  private static String check(String id) {
    return "inmesh:" + id;
  }

  private static void tag(List<String> tags, String prefix, @Nullable String value) {
    if (value != null) {
      tags.add(prefix + value);
    }
  }

  /** Says that all is well; false if the agent has lost the service. */
  private boolean isKnown(String id) throws IOException, InterruptedException {
    return isTaken(ask(new byte[0], "check", "pass", check(id)));
  }

  private boolean maintain(String id, boolean on) throws IOException, InterruptedException {
    return isTaken(
        ask(new byte[0], "service", "maintenance", id)
            .query("enable", Boolean.toString(on))
            .query("reason", on ? "draining" : ""));
  }

  private boolean isTaken(Ask ask) throws IOException, InterruptedException {
    Answer answer;
    try {
      answer = put(ask);
    } catch (RefusedException e) {
      // So older agents say that they don't know a check.
      String message = String.valueOf(e.getMessage());
      if (message.contains("Unknown check") || message.contains("does not have associated TTL")) {
        return false;
      }
      throw e;
    }
    if (answer.status() == 404) {
      return false;
    }
    require(answer);
    return true;
  }

  private Answer put(Ask ask) throws IOException, InterruptedException {
    return http.ask(
        ask.query("ns", settings.value(ConsulKeys.NAMESPACE))
            .query("partition", settings.value(ConsulKeys.PARTITION)));
  }

  private static Ask ask(byte[] body, String... path) {
    List<String> all = new ArrayList<>(List.of("v1", "agent"));
    all.addAll(List.of(path));
    return Ask.send("PUT", body, all.toArray(new String[0]));
  }

  private static void require(Answer answer) throws IOException {
    if (answer.status() != 200) {
      throw answer.refusal();
    }
  }

  @Override
  public void deregister(String service, ServerEntry entry)
      throws IOException, InterruptedException {
    taken = Optional.empty();
    drained = Optional.empty();
    // Of one that isn't there too: false is of no interest.
    boolean unused = isTaken(ask(new byte[0], "service", "deregister", id(service, entry)));
  }

  @Override
  public boolean canDrain() {
    return true;
  }

  /** A renewal that comes late four times loses nothing. */
  @Override
  public Duration renewal() {
    return time.dividedBy(5);
  }

  @Override
  public void close() {
    http.close();
  }
}
