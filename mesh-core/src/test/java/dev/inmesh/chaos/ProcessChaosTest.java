package dev.inmesh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import okhttp3.tls.HandshakeCertificates;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Servers in processes of their own that stand still and are killed, under load. */
@DisabledOnOs(value = OS.WINDOWS, disabledReason = "no SIGSTOP there")
@Tag("alone")
final class ProcessChaosTest {

  private static final long SEED = 7;

  private static final int ROUNDS = Integer.getInteger("inmesh.chaos.rounds", 4);

  private static final int CALLERS = 12;

  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  private static final List<Target> TARGETS =
      List.of(Target.scripted("plain", 250, 3), Target.scripted("as-it-comes", 120, 2));

  private final AtomicLong ids = new AtomicLong();
  private volatile boolean over;

  @SuppressWarnings("NullAway.Init") // JUnit sets it.
  @TempDir
  private Path directory;

  private ChildJvm server(int port, String file) throws IOException {
    return ChildJvm.start(
        List.of(), OriginServer.class, Integer.toString(port), directory.resolve(file).toString());
  }

  @Test
  @Timeout(120)
  void serversThatStandStillOrAreKilledCostNoCallItsDeadlineAndDoubleNoPost() throws Exception {
    List<Completion> calls = Collections.synchronizedList(new ArrayList<>());
    String inFlight;
    Load.Busy busy;
    Ticker ticker = Ticker.start();
    try (ticker;
        ChildJvm paused = server(0, "paused");
        ChildJvm steady = server(0, "steady")) {
      int pausedPort = Integer.parseInt(paused.line());
      int steadyPort = Integer.parseInt(steady.line());
      ChildJvm killed = server(0, "killed-0");
      int killedPort = Integer.parseInt(killed.line());
      Map<String, String> keys = keys(pausedPort, steadyPort, killedPort);
      try (Mesh mesh = Mesh.of(keys);
          Clients clients = new Clients(mesh, new HandshakeCertificates.Builder().build())) {
        List<Thread> callers = callers(clients, calls);
        TimeUnit.SECONDS.sleep(3); // The processes get warm.
        calls.clear();
        Load load = new Load();
        for (int round = 1; round <= ROUNDS; round++) {
          paused.stop();
          TimeUnit.MILLISECONDS.sleep(400);
          paused.resume();
          killed.kill();
          TimeUnit.MILLISECONDS.sleep(400);
          killed = server(killedPort, "killed-" + round);
          assertThat(killed.line()).isEqualTo(Integer.toString(killedPort));
          TimeUnit.MILLISECONDS.sleep(400);
        }
        over = true;
        busy = load.busy();
        for (Thread caller : callers) {
          caller.join();
        }
        inFlight = awaitQuiet(mesh);
      } finally {
        killed.close();
      }
    }

    Ledger ledger =
        new Ledger(
            List.copyOf(calls), new Script(SEED, false), Map.of(), executions(), ticker, busy, 0);
    System.out.printf(
        "%d stops and %d kills of servers: %d calls, %s%n  load: %s%n  %s%n",
        ROUNDS,
        ROUNDS,
        calls.size(),
        ledger.net(ledger.calls()),
        busy,
        Ledger.outcomes(ledger.calls()));
    assertThat(ledger.notCompletedOnce()).isEmpty();
    assertThat(ledger.laterThan(LATE_NANOS)).isEmpty();
    assertThat(ledger.doubledPosts()).isEmpty();
    assertThat(ledger.strangers()).isEmpty();
    assertThat(inFlight).isEmpty();
    assertThat(ledger.calls()).anyMatch(c -> c.outcome().equals("retry"));
  }

  private static Map<String, String> keys(int... ports) {
    String servers =
        java.util.Arrays.stream(ports)
            .mapToObj(port -> "127.0.0.1:" + port)
            .collect(Collectors.joining(","));
    Map<String, String> keys = new HashMap<>();
    for (Target target : TARGETS) {
      String upstream = "mesh.upstream." + target.name() + ".";
      keys.put(upstream + "servers", servers);
      target.keys().forEach((key, value) -> keys.put(upstream + key, value));
    }
    return keys;
  }

  private List<Thread> callers(Clients clients, List<Completion> calls) {
    List<Thread> callers = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      Thread caller = new Thread(() -> callOn(clients, calls), "chaos-caller-" + i);
      caller.start();
      callers.add(caller);
    }
    return callers;
  }

  private void callOn(Clients clients, List<Completion> calls) {
    try {
      while (!over) {
        ChaosCall call = ChaosCall.of(SEED, ids.incrementAndGet(), TARGETS);
        Completion completion = new Completion(call);
        calls.add(completion);
        clients.make(call, completion);
        if (!completion.await()) {
          return; // It shows among those that were not completed once.
        }
        TimeUnit.MILLISECONDS.sleep(40);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String awaitQuiet(Mesh mesh) throws InterruptedException {
    String inFlight = inFlight(mesh);
    for (int i = 0; i < 500 && !inFlight.isEmpty(); i++) {
      TimeUnit.MILLISECONDS.sleep(10);
      inFlight = inFlight(mesh);
    }
    return inFlight;
  }

  private static String inFlight(Mesh mesh) {
    return mesh.upstreams().stream()
        .filter(
            u -> u.active() > 0 || u.servers().stream().mapToInt(ServerStatus::inFlight).sum() > 0)
        .map(Object::toString)
        .collect(Collectors.joining());
  }

  /** All processes together, those that were killed too. */
  private Map<Long, Integer> executions() throws IOException {
    Map<Long, Integer> executions = new HashMap<>();
    try (Stream<Path> files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.readAllLines(file).forEach(id -> executions.merge(Long.valueOf(id), 1, Integer::sum));
      }
    }
    return executions;
  }
}
