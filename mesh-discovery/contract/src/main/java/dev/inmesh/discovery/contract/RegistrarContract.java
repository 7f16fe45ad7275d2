package dev.inmesh.discovery.contract;

import static dev.inmesh.discovery.contract.RegistryMesh.await;
import static dev.inmesh.discovery.contract.RegistryMesh.up;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.Registration;
import dev.inmesh.Registration.State;
import dev.inmesh.ServerStatus;
import dev.inmesh.server.ServerEntry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every {@link dev.inmesh.server.Registrar} promises, as clients of the same registry see it.
 * A registrar's test takes it on with the registry that it speaks to.
 */
@Timeout(180)
public abstract class RegistrarContract {

  private static final int PORT = 5000;
  private static final String SERVER = "127.0.0.1:" + PORT;
  private static final String OTHER = "127.0.0.2:" + PORT;

  @SuppressWarnings("NullAway.Init") // Before each test.
  private TestRegistry registry;

  @SuppressWarnings("NullAway.Init")
  private Mesh mesh;

  /** Takes the contract on. */
  protected RegistrarContract() {}

  /**
   * Starts a registry that lists nothing yet.
   *
   * @param port of the servers that it will list
   */
  protected abstract TestRegistry start(int port) throws Exception;

  /** Whether clients of this registry see weights. */
  protected boolean hasWeights() {
    return true;
  }

  /** Starts the registry, with another server in it, and a client. */
  @BeforeEach
  final void startAll() throws Exception {
    registry = start(PORT);
    registry.list(List.of(ServerEntry.line(OTHER)));
    mesh = RegistryMesh.open(registry, Map.of());
    await("the other server", () -> up(mesh).equals(Set.of(OTHER)));
  }

  /** Ends both. */
  @AfterEach
  final void endAll() throws Exception {
    if (mesh != null) {
      mesh.close();
    }
    if (registry != null) {
      registry.close();
    }
  }

  private Registration.Builder registration() {
    return mesh.registration(RegistryMesh.ID, registry.service(), ServerEntry.line(SERVER))
        .healthPeriod(Duration.ofMillis(50))
        .drainFor(Duration.ZERO);
  }

  private void awaitSeen() throws InterruptedException {
    await("that both are seen", () -> up(mesh).equals(Set.of(SERVER, OTHER)));
  }

  private void awaitGone() throws InterruptedException {
    await("that one is gone", () -> RegistryMesh.statuses(mesh).size() == 1);
    assertThat(up(mesh)).containsExactly(OTHER);
  }

  @Test
  final void aServerIsSeenUntilItsRegistrationIsClosed() throws Exception {
    Registration registration = registration().start();
    awaitSeen();

    registration.close();

    awaitGone();
    assertThat(registration.state()).isEqualTo(State.CLOSED);
  }

  @Test
  final void itsWeightIsSeen() throws Exception {
    if (!hasWeights()) {
      return;
    }
    ServerEntry heavy = ServerEntry.line(SERVER + " weight=7");
    try (Registration registration =
        mesh.registration(RegistryMesh.ID, registry.service(), heavy)
            .drainFor(Duration.ZERO)
            .start()) {
      awaitSeen();

      assertThat(RegistryMesh.statuses(mesh))
          .filteredOn(server -> server.address().equals(SERVER))
          .singleElement()
          .extracting(ServerStatus::weight)
          .isEqualTo(7);
      assertThat(registration.state()).isEqualTo(State.REGISTERED);
    }
  }

  @Test
  final void aServerThatIsDrainedGetsNoNewCallsAndComesBackWhenItIsRegisteredAnew()
      throws Exception {
    Registration registration = registration().drainFor(Duration.ofMinutes(1)).start();
    awaitSeen();

    registration.drain();
    await("that one is left alone", () -> up(mesh).equals(Set.of(OTHER)));
    Thread.currentThread().interrupt();
    registration.close();
    assertThat(Thread.interrupted()).isTrue();
    awaitGone();

    try (Registration next = registration().start()) {
      awaitSeen();
      assertThat(next.toString()).contains(SERVER);
    }
  }

  @Test
  final void aServerThatIsNotHealthyIsNotThere() throws Exception {
    AtomicBoolean healthy = new AtomicBoolean(true);
    try (Registration registration = registration().healthyWhen(healthy::get).start()) {
      awaitSeen();

      healthy.set(false);
      awaitGone();
      await("its state", () -> registration.state() == State.UNHEALTHY);

      healthy.set(true);
      awaitSeen();
    }
  }

  @Test
  final void aRegistryThatIsAwayAtTheStartIsToldWhenItIsBack() throws Exception {
    registry.kill();
    try (Registration registration = registration().start()) {
      await("a failure", () -> registration.toString().endsWith(")"));
      assertThat(registration.state()).isEqualTo(State.PENDING);

      registry.restart();

      awaitSeen();
      await("its state", () -> registration.state() == State.REGISTERED);
    }
  }

  @Test
  final void whatTheRegistryLosesIsPutBack() throws Exception {
    try (Registration registration = registration().start()) {
      awaitSeen();

      registry.list(List.of(ServerEntry.line("127.0.0.3:" + PORT)));

      await("both", () -> up(mesh).equals(Set.of(SERVER, "127.0.0.3:" + PORT)));
      await("its state", () -> registration.state() == State.REGISTERED);
    }
  }

  @Test
  final void anOutageEndsWithTheServerStillThere() throws Exception {
    try (Registration registration = registration().start()) {
      awaitSeen();

      registry.kill();
      await("that it is seen", () -> registration.state() == State.PENDING);
      registry.restart();

      await("its state", () -> registration.state() == State.REGISTERED);
      awaitSeen();
    }
    awaitGone();
  }

  @Test
  final void closingWhileTheRegistryIsAwayEndsAllThreads() throws Exception {
    Set<Thread> before = Thread.getAllStackTraces().keySet();
    Registration registration = registration().drainFor(Duration.ofMinutes(1)).start();
    awaitSeen();
    registry.kill();

    registration.close();

    assertThat(registration.state()).isEqualTo(State.CLOSED);
    assertThat(Thread.getAllStackTraces().keySet())
        .filteredOn(thread -> !before.contains(thread))
        .noneMatch(thread -> thread.getName().startsWith("inmesh-registration"));
  }
}
