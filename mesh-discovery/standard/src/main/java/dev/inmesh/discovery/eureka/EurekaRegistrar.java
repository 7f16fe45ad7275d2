package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.http.Answer;
import dev.inmesh.discovery.http.Ask;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.discovery.json.EntryText;
import dev.inmesh.discovery.json.JsonText;
import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Registers an instance, named by its address, and sends its heartbeats. A drain is an override of
 * its status: Eureka keeps the status of an instance that it knows, whatever one registers with.
 */
final class EurekaRegistrar implements Registrar {

  private static final String DRAIN = "drain";
  private static final int MISSING = 404;

  private final RegistryHttp http;
  private final List<String> path;
  private final boolean secure;
  private final Duration lease;

  /** What Eureka has taken last, without a drain, and whether it has that too. */
  private Optional<ServerEntry> taken = Optional.empty();

  private Optional<Boolean> drained = Optional.empty();

  /**
   * Whether the last change is to be said once more, at the next renewal: an answer that Eureka was
   * making in that moment may be without it, and in its cache until the next change of anybody.
   */
  private boolean again;

  /**
   * A registrar that has registered nothing yet.
   *
   * @param path of the API
   * @param secure whether clients look for the secure port
   * @param lease how long an instance holds without a heartbeat
   */
  EurekaRegistrar(RegistryHttp http, List<String> path, boolean secure, Duration lease) {
    this.http = http;
    this.path = path;
    this.secure = secure;
    this.lease = lease;
  }

  @Override
  public void register(String service, ServerEntry entry) throws IOException, InterruptedException {
    String app = Applications.Key.app(service);
    boolean drain = entry.words().contains(DRAIN);
    ServerEntry plain =
        new ServerEntry(entry.words().stream().filter(word -> !word.equals(DRAIN)).toList());
    boolean known = taken.equals(Optional.of(plain)) && isKnown(app, plain);
    if (!known) {
      forget();
    }
    boolean changed = !drained.equals(Optional.of(drain));
    if (!known || (again && !changed)) {
      byte[] body = JsonText.of(Map.of("instance", instance(app, plain, status(drain))));
      require(http.ask(Ask.send("POST", body, segments("apps", app))));
      taken = Optional.of(plain);
    }
    if (changed) {
      if (!(drain ? override(app, plain, true) : serve(app, plain))) {
        forget();
        throw new IOException("Eureka has lost " + plain.address());
      }
      drained = Optional.of(drain);
    }
    again = changed;
  }

  private void forget() {
    taken = Optional.empty();
    drained = Optional.empty();
  }

  private static String status(boolean drain) {
    return drain ? "OUT_OF_SERVICE" : "UP";
  }

  private Map<String, Object> instance(String app, ServerEntry entry, String status) {
    String address = entry.address();
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon).replaceAll("^\\[|]$", "");
    int port = Integer.parseInt(address.substring(colon + 1));
    Map<String, String> metadata = EntryText.attributes(entry);
    metadata.replaceAll((name, value) -> value.isEmpty() ? "true" : value);
    Map<String, Object> instance = new LinkedHashMap<>();
    instance.put("instanceId", address);
    instance.put("app", app);
    instance.put("vipAddress", app);
    instance.put("secureVipAddress", app);
    instance.put("hostName", host);
    instance.put("ipAddr", host);
    instance.put("port", port(port, !secure));
    instance.put("securePort", port(port, secure));
    instance.put("status", status);
    instance.put("metadata", metadata);
    instance.put(
        "leaseInfo",
        Map.of(
            "renewalIntervalInSecs",
            Math.max(1, renewal().toSeconds()),
            "durationInSecs",
            lease.toSeconds()));
    // Without it nothing is taken; the class is how Eureka tells data centres apart.
    instance.put(
        "dataCenterInfo",
        Map.of(
            "@class", "com.netflix.appinfo.InstanceInfo$DefaultDataCenterInfo", "name", "MyOwn"));
    return instance;
  }

  private static Map<String, Object> port(int number, boolean enabled) {
    return Map.of("$", number, "@enabled", Boolean.toString(enabled));
  }

  /** Sends a heartbeat; false if Eureka doesn't know the instance, or no longer. */
  private boolean isKnown(String app, ServerEntry entry) throws IOException, InterruptedException {
    return isTaken(Ask.send("PUT", new byte[0], segments("apps", app, entry.address())));
  }

  private boolean override(String app, ServerEntry entry, boolean drain)
      throws IOException, InterruptedException {
    return isTaken(
        Ask.send("PUT", new byte[0], segments("apps", app, entry.address(), "status"))
            .query("value", status(drain)));
  }

  /** Takes a drain away that a former process, or this one, has left. */
  private boolean serve(String app, ServerEntry entry) throws IOException, InterruptedException {
    Ask end =
        Ask.send("DELETE", new byte[0], segments("apps", app, entry.address(), "status"))
            .query("value", status(false));
    if (!isTaken(end)) {
      return false;
    }
    Answer now = http.ask(Ask.get(segments("apps", app, entry.address())));
    if (now.status() == MISSING) {
      return false;
    }
    // One that is out of service by its own word, and by no override, stays so without another.
    return now.json().get("instance").get("status").text().equals(status(false))
        || override(app, entry, false);
  }

  private boolean isTaken(Ask ask) throws IOException, InterruptedException {
    Answer answer = http.ask(ask);
    if (answer.status() == MISSING) {
      return false;
    }
    require(answer);
    return true;
  }

  private static void require(Answer answer) throws IOException {
    if (!Set.of(200, 204).contains(answer.status())) {
      throw answer.refusal();
    }
  }

  private String[] segments(String... further) {
    List<String> all = new ArrayList<>(path);
    all.addAll(List.of(further));
    return all.toArray(new String[0]);
  }

  @Override
  public void deregister(String service, ServerEntry entry)
      throws IOException, InterruptedException {
    forget();
    String app = Applications.Key.app(service);
    // An override goes with the instance. Of one that isn't there too: false is of no interest.
    boolean unused =
        isTaken(Ask.send("DELETE", new byte[0], segments("apps", app, entry.address())));
  }

  @Override
  public boolean canDrain() {
    return true;
  }

  /** A heartbeat that comes late four times loses nothing. */
  @Override
  public Duration renewal() {
    return lease.dividedBy(5);
  }

  @Override
  public void close() {
    http.close();
  }
}
