package dev.inmesh.chaos;

import dev.inmesh.Mesh;
import dev.inmesh.Upstream;
import dev.inmesh.call.Answer;
import dev.inmesh.call.FailedCall;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;

/**
 * Makes calls in all ways to all targets until so many faults were done: healthy servers, proxies
 * before them, one mesh, its clients, and callers that each make one call after the other.
 */
final class ChaosRun implements Closeable {

  /** So many calls may be in flight, which is enough for them to meet each other. */
  private static final int CALLERS = 32;

  private final long seed;
  private final Script script;
  private final List<Target> targets = Target.all();
  private final Map<Long, Integer> executions = OriginServer.counts();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final Map<Fault, String> deadAddresses = new EnumMap<>(Fault.class);
  private final Deque<Closeable> open = new ArrayDeque<>();
  private final Mesh mesh;
  private final Clients clients;
  private final AtomicLong ids;
  private final AtomicLong slots = new AtomicLong();
  private volatile long betweenNanos;
  private volatile boolean over;

  /**
   * @param firstId runs of one process keep their calls apart by it
   * @param leaks whether the JDK's client meets those faults that make it leak by itself
   */
  ChaosRun(long seed, long firstId, boolean leaks) throws Exception {
    this.seed = seed;
    this.script = new Script(seed, leaks);
    this.ids = new AtomicLong(firstId);
    HeldCertificate certificate = certificate("localhost");
    this.mesh =
        Mesh.builder()
            .properties(keys(certificate))
            .meterRegistry(meters)
            .fallback(Target.CODED, ChaosRun::fallBack)
            .build();
    this.clients =
        new Clients(
            mesh,
            new HandshakeCertificates.Builder()
                .addTrustedCertificate(certificate.certificate())
                .build());
  }

  private HeldCertificate certificate(String name) {
    HeldCertificate.Builder certificate =
        new HeldCertificate.Builder().addSubjectAlternativeName(name);
    targets.forEach(t -> certificate.addSubjectAlternativeName(t.name()));
    return certificate.build();
  }

  private <T extends Closeable> T opened(T closeable) {
    open.push(closeable);
    return closeable;
  }

  private Map<String, String> keys(HeldCertificate certificate) throws Exception {
    OriginServer origin = opened(OriginServer.start(OriginServer.countingIn(executions)));
    OriginServer tls = opened(tlsServer(certificate));
    OriginServer unknown = opened(tlsServer(certificate("localhost")));
    FaultProxy a = opened(FaultProxy.ofRequests(script, origin.port()));
    FaultProxy b = opened(FaultProxy.ofRequests(script, origin.port()));
    Map<String, String> keys = new HashMap<>();
    for (Target target : targets) {
      String servers =
          switch (target.fault().place()) {
            case REQUEST, REUSED -> "127.0.0.1:" + a.port() + ",127.0.0.1:" + b.port();
            case ADDRESS -> dead(target.fault()) + ",127.0.0.1:" + origin.port();
            case CONNECTION -> "127.0.0.1:" + bad(target, unknown) + ",127.0.0.1:" + origin.port();
            case TLS -> "localhost:" + bad(target, unknown) + ",localhost:" + tls.port();
          };
      String upstream = "mesh.upstream." + target.name() + ".";
      keys.put(upstream + "servers", servers);
      target.keys().forEach((key, value) -> keys.put(upstream + key, value));
    }
    return keys;
  }

  private OriginServer tlsServer(HeldCertificate certificate) throws IOException {
    HandshakeCertificates held =
        new HandshakeCertificates.Builder().heldCertificate(certificate).build();
    return OriginServer.start(
        held.sslContext().getServerSocketFactory(), false, OriginServer.countingIn(executions));
  }

  private String dead(Fault fault) throws Exception {
    DeadAddress dead =
        opened(fault == Fault.REFUSE ? DeadAddress.refusing() : DeadAddress.blackHole());
    String address = "127.0.0.1:" + dead.port();
    deadAddresses.put(fault, address);
    return address;
  }

  private int bad(Target target, OriginServer unknown) throws IOException {
    Fault fault = target.fault();
    return opened(
            fault == Fault.TLS_WRONG_CERTIFICATE
                ? FaultProxy.leadingAstray(script, fault, unknown.port())
                : FaultProxy.ofConnections(script, fault))
        .port();
  }

  /** Some know an answer, some don't, some take too long, and some don't even let it be known. */
  private static Answer fallBack(FailedCall call) throws Exception {
    long id = Long.parseLong(call.uri().getPath().split("/", -1)[2]);
    long tooLong = System.nanoTime() + 2 * call.timeLeft().toNanos();
    switch ((int) (id % 4)) {
      case 0 -> throw new IOException("no idea");
      // To take too long is the fault under test.
      case 1 -> TimeUnit.NANOSECONDS.sleep(Math.max(0, tooLong - System.nanoTime()));
      case 2 -> {
        while (System.nanoTime() - tooLong < 0) {
          try {
            TimeUnit.MILLISECONDS.sleep(1);
          } catch (InterruptedException ignored) {
            // It knows better.
          }
        }
      }
      default -> {}
    }
    return Answer.of(200, "text/plain", "from code");
  }

  private long attempts(Fault fault) {
    String address = deadAddresses.getOrDefault(fault, "");
    return meters.find("mesh.client.attempts").tag("server", address).timers().stream()
        .mapToLong(Timer::count)
        .sum();
  }

  private Map<Fault, Long> applied() {
    Map<Fault, Long> applied = new EnumMap<>(Fault.class);
    for (Fault fault : Fault.values()) {
      // What no server sees is seen by who makes the attempt.
      long count = fault.place() == Fault.Place.ADDRESS ? attempts(fault) : script.count(fault);
      applied.put(fault, count);
    }
    return applied;
  }

  private long faults() {
    return script.count() + deadAddresses.keySet().stream().mapToLong(this::attempts).sum();
  }

  /**
   * Makes calls until so many faults were done.
   *
   * @param perSecond so many calls at most: what is asked of a process that has no processor left
   *     says nothing of the mesh
   */
  Ledger until(long faults, int perSecond, Ticker ticker) throws InterruptedException {
    betweenNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
    slots.set(System.nanoTime());
    Map<Fault, Long> before = applied();
    long all = faults() + faults;
    List<Completion> calls = Collections.synchronizedList(new ArrayList<>());
    List<Thread> callers = new ArrayList<>();
    long start = System.nanoTime();
    Load load = new Load();
    over = false;
    for (int i = 0; i < CALLERS; i++) {
      Thread caller = new Thread(() -> callOn(calls), "chaos-caller-" + i);
      caller.start();
      callers.add(caller);
    }
    while (faults() < all) {
      TimeUnit.MILLISECONDS.sleep(20); // The callers do the work; nobody tells when it is enough.
    }
    over = true;
    for (Thread caller : callers) {
      caller.join();
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    Load.Busy busy = load.busy();
    awaitQuiet();
    Map<Fault, Long> applied = applied();
    applied.replaceAll((fault, count) -> count - before.getOrDefault(fault, 0L));
    return new Ledger(List.copyOf(calls), script, applied, executions, ticker, busy, seconds);
  }

  private void callOn(List<Completion> calls) {
    try {
      while (!over) {
        long wait = slots.getAndAdd(betweenNanos) - System.nanoTime();
        TimeUnit.NANOSECONDS.sleep(Math.max(0, wait)); // The rate of calls is part of the run.
        ChaosCall call = ChaosCall.of(seed, ids.incrementAndGet(), targets).orGivenUp(seed);
        Completion completion = new Completion(call);
        calls.add(completion);
        clients.make(call, completion);
        if (!completion.await()) {
          return; // It shows in the ledger.
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** What is in flight when nobody makes calls any more. */
  Map<String, Integer> inFlight() {
    Map<String, Integer> inFlight = new HashMap<>();
    for (Upstream upstream : mesh.upstreams()) {
      inFlight.merge(upstream.name(), upstream.active(), Integer::sum);
      upstream
          .servers()
          .forEach(
              s -> inFlight.merge(upstream.name() + " " + s.address(), s.inFlight(), Integer::sum));
    }
    inFlight.values().removeIf(n -> n == 0);
    return inFlight;
  }

  /** Losers of a race and code that can't be stopped may take a little longer. */
  private void awaitQuiet() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!inFlight().isEmpty() && System.nanoTime() - end < 0) {
      TimeUnit.MILLISECONDS.sleep(5);
    }
  }

  /** Closes the mesh, the clients, and only then the servers: who was to close has closed. */
  @Override
  public void close() throws IOException {
    mesh.close();
    clients.close();
    for (Closeable closeable : open) {
      closeable.close();
    }
    meters.close();
  }
}
