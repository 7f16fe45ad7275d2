package dev.inmesh.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.Selector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.LongStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever goes wrong on a socket, a call completes once and in time, nothing is done twice, and
 * nothing is left behind. 5,000 faults; all of them: {@code mvn -q -pl mesh-core test
 * -Dtest=ChaosTest -Dinmesh.chaos.faults=100000}.
 *
 * <p>That a call returns in time is asserted here, against the rule for tests: it is what the mesh
 * is for.
 */
@Tag("alone")
final class ChaosTest {

  private static final int FAULTS = Integer.getInteger("inmesh.chaos.faults", 5_000);

  private static final long SEED = Long.getLong("inmesh.chaos.seed", 20261122);

  /** The rest of the time is for the machine that the tests run on. */
  private static final int CALLS_PER_SECOND = Integer.getInteger("inmesh.chaos.rate", 220);

  private static final int WARM_UP = 2_500;

  /** What a call may be late, apart from pauses of this process. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** OkHttp's and Java's, once for the whole process; they end after a minute without work. */
  private static final Predicate<String> OF_THE_PROCESS =
      name ->
          name.startsWith("OkHttp TaskRunner")
              || name.startsWith("Okio Watchdog")
              || name.startsWith("ForkJoinPool.commonPool");

  @Test
  @Timeout(value = 30, unit = TimeUnit.MINUTES)
  void everyCallCompletesOnceAndInTimeAndNothingIsLeft() throws Exception {
    warmSockets();
    Leftovers leftovers = Leftovers.since();

    Ledger ledger = run();

    Set<String> left = leftovers.await(Duration.ofSeconds(30), OF_THE_PROCESS.negate());
    String report = ledger.report();
    System.out.println(report);
    Files.writeString(Path.of("target", "chaos-report.txt"), report);
    SoftAssertions softly = new SoftAssertions();
    softly.assertThat(ledger.faults()).isGreaterThanOrEqualTo(FAULTS);
    softly.assertThat(ledger.notCompletedOnce()).as("calls not completed once").isEmpty();
    softly.assertThat(ledger.laterThan(LATE_NANOS)).as("late calls").isEmpty();
    softly.assertThat(ledger.doubledPosts()).as("POSTs done twice").isEmpty();
    softly.assertThat(ledger.strangers()).as("answers of other calls").isEmpty();
    softly.assertThat(left).as("what is left").isEmpty();
    softly.assertAll();
  }

  /** What Java opens once for all sockets. */
  private static void warmSockets() throws Exception {
    try (OriginServer server = OriginServer.start(id -> {});
        Socket client = new Socket(InetAddress.getLoopbackAddress(), server.port());
        Selector selector = Selector.open()) {
      assertThat(client.isConnected()).isTrue();
      assertThat(selector.isOpen()).isTrue();
    }
  }

  /** All that holds clients is out of reach when it returns. */
  private static Ledger run() throws Exception {
    try (Ticker ticker = Ticker.start();
        ChaosRun run = new ChaosRun(SEED, 0, false)) {
      // A call of a cold process or client alone takes longer than some of these may.
      Ledger unused = run.until(WARM_UP, 1_000, ticker);
      Ledger ledger = run.until(FAULTS, CALLS_PER_SECOND, ticker);
      assertThat(run.inFlight()).isEmpty();
      return ledger;
    }
  }

  /**
   * On a head that it doesn't understand, Java 17's client throws and forgets its connection, which
   * no mesh can close. All else holds there too.
   */
  @Test
  @Timeout(60)
  void garbageToTheClientOfTheJdkIsNobodysHangEither() throws Exception {
    try (Ticker ticker = Ticker.start();
        ChaosRun run = new ChaosRun(SEED + 2, 1L << 41, true)) {
      Ledger ledger = run.until(300, CALLS_PER_SECOND, ticker);

      assertThat(ledger.notCompletedOnce()).isEmpty();
      assertThat(ledger.doubledPosts()).isEmpty();
      assertThat(run.inFlight()).isEmpty();
    }
  }

  @Test
  void theSameSeedGivesTheSameScript() {
    List<Fault> one = script(SEED);

    assertThat(script(SEED)).isEqualTo(one);
    assertThat(script(SEED + 1)).isNotEqualTo(one);
    assertThat(one).containsAll(Script.ofRequests()).contains(Fault.NONE);
  }

  private static List<Fault> script(long seed) {
    Script script = new Script(seed, true);
    return LongStream.range(0, 2_000).mapToObj(id -> script.first(id, false)).toList();
  }
}
