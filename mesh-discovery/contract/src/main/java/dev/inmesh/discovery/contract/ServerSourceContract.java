package dev.inmesh.discovery.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every source of server lists promises, through a mesh, over real sockets. A source's test
 * takes it on with the registry that the source speaks to.
 *
 * <p>{@code -Dinmesh.contract.away=60} keeps the registry away for 60 seconds instead of 3.
 */
@Timeout(180)
public abstract class ServerSourceContract {

  /** How long the registry is away, in seconds. */
  private static final int AWAY_SECONDS = Integer.getInteger("inmesh.contract.away", 3);

  private static final long AWAIT_NANOS = TimeUnit.SECONDS.toNanos(30);

  @SuppressWarnings("NullAway.Init") // Before each test.
  private LoopbackServers servers;

  @SuppressWarnings("NullAway.Init")
  private TestRegistry registry;

  /** Takes the contract on. */
  protected ServerSourceContract() {}

  /**
   * Starts a registry that lists nothing yet.
   *
   * @param port of the servers that it will list
   */
  protected abstract TestRegistry start(int port) throws Exception;

  /** Entries that this registry can list, and that no mesh should use. */
  protected List<ServerEntry> poisons() {
    return List.of(
        ServerEntry.of("192.0.2.7", 80),
        ServerEntry.of("127.0.0.9", 99_999),
        ServerEntry.of("127.0.0.8", 80).with("zone", "x".repeat(1 << 20)),
        ServerEntry.of("127.0.0.7", 80).with("zone", "a\u0007b"),
        ServerEntry.of("no host", 80));
  }

  /** Whether a thread, by its name, is the test's registry's, which runs in this process. */
  protected boolean isOfTheRegistry(String thread) {
    return false;
  }

  /** How this registry lists one server twice. */
  protected List<ServerEntry> twins(ServerEntry entry) {
    return List.of(entry, entry);
  }

  /** Starts servers and registry. */
  @BeforeEach
  final void startAll() throws Exception {
    servers = LoopbackServers.start(4);
    registry = start(servers.port());
  }

  /** Ends both. */
  @AfterEach
  final void endAll() throws Exception {
    // A registry that isn't installed here is none.
    if (registry != null) {
      registry.close();
    }
    servers.close();
  }

  private Map<String, String> keys(String... more) {
    Map<String, String> keys = new HashMap<>();
    registry.keys().forEach((key, value) -> keys.put("mesh.discovery.registry." + key, value));
    keys.put("mesh.upstream.inventory.discovery", "registry");
    keys.put("mesh.upstream.inventory.discovery.service", registry.service());
    keys.put("mesh.upstream.inventory.discovery.start-timeout", "20s");
    keys.put("mesh.allowed-networks", "127.0.0.0/8");
    for (String line : more) {
      int equals = line.indexOf('=');
      keys.put(line.substring(0, equals), line.substring(equals + 1));
    }
    return keys;
  }

  private Mesh mesh(MeterRegistry meters, String... more) {
    // Nothing of this process: only the keys of the test.
    return Mesh.builder().properties(keys(more)).meterRegistry(meters).build();
  }

  private Mesh mesh(String... more) {
    return mesh(new SimpleMeterRegistry(), more);
  }

  private static List<String> addresses(Mesh mesh) {
    return mesh.upstream("inventory").servers().stream().map(ServerStatus::address).toList();
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long end = System.nanoTime() + AWAIT_NANOS;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime() - end).as(what).isNegative();
      Thread.sleep(5);
    }
  }

  private void awaitServers(Mesh mesh, Integer... indexes) throws InterruptedException {
    Set<String> expected =
        List.of(indexes).stream().map(servers::address).collect(Collectors.toSet());
    await(expected.toString(), () -> Set.copyOf(addresses(mesh)).equals(expected));
  }

  private void list(Integer... indexes) throws Exception {
    registry.list(List.of(indexes).stream().map(servers::entry).toList());
  }

  @Test
  final void theFirstListIsThereWhenTheMeshIsBuilt() throws Exception {
    list(0, 1);

    try (Mesh mesh = mesh()) {
      assertThat(addresses(mesh)).containsExactlyInAnyOrder(servers.address(0), servers.address(1));
    }
  }

  @Test
  final void serversThatJoinAndLeaveAreSeen() throws Exception {
    list(0);
    try (Mesh mesh = mesh();
        Load load = Load.on(mesh)) {
      list(0, 1, 2);
      awaitServers(mesh, 0, 1, 2);

      list(2, 3);
      awaitServers(mesh, 2, 3);

      list(0);
      awaitServers(mesh, 0);
      assertThat(load.failures()).isEmpty();
    }
  }

  @Test
  final void anOutageCostsNoCallAndTheListStays() throws Exception {
    list(0, 1);
    MeterRegistry meters = new SimpleMeterRegistry();
    try (Mesh mesh = mesh(meters);
        Load load = Load.on(mesh)) {
      Gauge age = meters.get("mesh.discovery.age").tag("registry", "registry").gauge();

      Set<String> listed = Set.copyOf(addresses(mesh));
      registry.kill();
      long killedAt = System.nanoTime();
      long callsBefore = load.calls();
      double oldest = 0;
      while (seconds(killedAt) < AWAY_SECONDS || oldest < AWAY_SECONDS) {
        double now = age.value();
        if (now <= oldest) {
          assertThat(seconds(killedAt)).as("an answer that was on its way").isLessThan(2);
        }
        oldest = now;
        assertThat(Set.copyOf(addresses(mesh))).isEqualTo(listed);
        assertThat(seconds(killedAt)).as("seconds away").isLessThan(AWAY_SECONDS + 30);
        Thread.sleep(5);
      }
      double away = seconds(killedAt);
      long calls = load.calls() - callsBefore;

      registry.restart();
      list(0, 1, 2);
      long changedAt = System.nanoTime();
      awaitServers(mesh, 0, 1, 2);
      double seen = seconds(changedAt);
      long before = load.calls();
      await("further calls", () -> load.calls() > before + 100);

      System.out.printf(
          Locale.ROOT,
          "%s: away %.1f s, age %.1f s, list unchanged; %d calls (%.0f/s), %d failed in all;"
              + " a change after its return was seen after %.2f s%n",
          getClass().getSimpleName(),
          away,
          oldest,
          calls,
          calls / away,
          load.failures().size(),
          seen);
      assertThat(load.failures()).isEmpty();
      assertThat(age.value()).isLessThan(AWAY_SECONDS);
    }
  }

  private static double seconds(long since) {
    return (System.nanoTime() - since) / 1e9;
  }

  @Test
  final void aRegistryThatIsAwayAtTheStartIsWaitedForNoLongerThanAllowed() throws Exception {
    list(0);
    registry.kill();

    try (Mesh mesh = mesh("mesh.upstream.inventory.discovery.start-timeout=100ms")) {
      assertThat(addresses(mesh)).isEmpty();

      registry.restart();
      awaitServers(mesh, 0);
    }
  }

  private record Said(List<ServerEntry> entries, boolean settled) {}

  @Test
  final void anEmptyListIsAskedForAgain() throws Exception {
    list(0);
    BlockingQueue<Said> said = new LinkedBlockingQueue<>();
    Listing listing =
        new Listing() {
          private boolean emptyOnce;

          @Override
          public boolean list(List<ServerEntry> entries) {
            boolean settled = !entries.isEmpty() || emptyOnce;
            emptyOnce = entries.isEmpty();
            said.add(new Said(entries, settled));
            return settled;
          }

          @Override
          public void unchanged() {}
        };
    ServerSource source =
        Objects.requireNonNull(
                Configuration.open(Sources.of(keys()))
                    .current()
                    .settings()
                    .registries()
                    .get("registry"))
            .open();
    Thread thread = new Thread(() -> follow(source, listing), "follower");
    thread.start();
    try {
      assertThat(next(said).entries()).hasSize(1);

      registry.list(List.of());

      assertThat(nextEmpty(said)).isEqualTo(new Said(List.of(), false));
      assertThat(next(said)).isEqualTo(new Said(List.of(), true));
    } finally {
      thread.interrupt();
      source.close();
      thread.join();
    }
  }

  private void follow(ServerSource source, Listing listing) {
    while (true) {
      try {
        source.follow(registry.service(), listing);
      } catch (InterruptedException e) {
        return;
      } catch (IOException e) {
        if (Thread.interrupted()) {
          return;
        }
      }
    }
  }

  private static Said next(BlockingQueue<Said> said) throws InterruptedException {
    Said next = said.poll(30, TimeUnit.SECONDS);
    assertThat(next).as("a list").isNotNull();
    return Objects.requireNonNull(next);
  }

  /** A source may say the list before once more. */
  private static Said nextEmpty(BlockingQueue<Said> said) throws InterruptedException {
    Said next = next(said);
    while (!next.entries().isEmpty()) {
      next = next(said);
    }
    return next;
  }

  @Test
  final void anEmptyListIsBelievedInTheEnd() throws Exception {
    list(0);
    try (Mesh mesh = mesh()) {
      registry.list(List.of());

      await("no server", () -> addresses(mesh).isEmpty());

      list(1);
      awaitServers(mesh, 1);
    }
  }

  @Test
  final void poisonedEntriesAreDroppedAndTheRestIsUsed() throws Exception {
    List<ServerEntry> entries = new ArrayList<>(poisons());
    entries.add(1, servers.entry(0));
    entries.add(servers.entry(1));
    registry.list(entries);

    try (Mesh mesh = mesh()) {
      assertThat(addresses(mesh)).containsExactlyInAnyOrder(servers.address(0), servers.address(1));
    }
  }

  @Test
  final void aServerThatIsListedTwiceIsOne() throws Exception {
    List<ServerEntry> entries = new ArrayList<>(twins(servers.entry(0)));
    entries.add(servers.entry(1));
    registry.list(entries);

    try (Mesh mesh = mesh()) {
      assertThat(addresses(mesh)).containsExactlyInAnyOrder(servers.address(0), servers.address(1));
    }
  }

  @Test
  final void closingTheMeshEndsAllThreads() throws Exception {
    list(0);
    Set<Thread> before = Thread.getAllStackTraces().keySet();

    try (Mesh mesh = mesh()) {
      awaitServers(mesh, 0);
    }

    await("the end of all threads", () -> before.containsAll(alive(before)));
  }

  private Set<Thread> alive(Set<Thread> before) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(
            thread ->
                before.contains(thread)
                    || !(isOfThePlatform(thread) || isOfTheRegistry(thread.getName())))
        .collect(Collectors.toSet());
  }

  /** What others in this process may start at any time. */
  private static boolean isOfThePlatform(Thread thread) {
    ThreadGroup group = thread.getThreadGroup();
    return group == null
        || group.getName().equals("system")
        || group.getName().equals("InnocuousThreadGroup")
        || thread.getName().startsWith("ForkJoinPool")
        || thread.getName().startsWith("HTTP-Dispatcher")
        || isOfOkHttp(thread.getName());
  }

  /** One set for the process, which ends after a minute without work; those of its test server. */
  private static boolean isOfOkHttp(String name) {
    return name.startsWith("OkHttp")
        || name.startsWith("MockWebServer")
        || name.equals("Okio Watchdog");
  }
}
