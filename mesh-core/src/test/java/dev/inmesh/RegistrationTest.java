package dev.inmesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Registration.State;
import dev.inmesh.registry.Script;
import dev.inmesh.server.ServerEntry;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One server in a registry, through a mesh. */
@Timeout(60)
final class RegistrationTest {

  private static final ServerEntry ENTRY = ServerEntry.line("10.0.0.3:5000 weight=5");
  private static final String PLAIN = "inventory 10.0.0.3:5000 weight=5";
  private static final String DRAINED = PLAIN + " drain";
  private static final Duration NEVER = Duration.ofHours(1);

  private final Script script = new Script();
  private final Mesh mesh =
      Mesh.of(
          Map.of(
              "mesh.discovery.r.type", "scripted",
              "mesh.discovery.r.script", script.name(),
              "mesh.discovery.r.token", "hush"));

  @AfterEach
  void close() {
    mesh.close();
    script.close();
  }

  private Registration.Builder registration() {
    return mesh.registration("r", "inventory", ENTRY)
        .healthPeriod(Duration.ofMillis(10))
        .drainFor(Duration.ZERO);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(2);
    }
  }

  private static void await(Registration registration, State state) throws InterruptedException {
    await(() -> registration.state() == state);
  }

  private static boolean isInside(Thread thread, String method) {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getMethodName().equals(method)) {
        return true;
      }
    }
    return false;
  }

  @Test
  void aServerIsRegisteredThenDrainedThenTakenAway() throws InterruptedException {
    try (Registration registration = registration().start()) {
      await(registration, State.REGISTERED);

      assertThat(script.registered()).containsExactly(Map.entry("10.0.0.3:5000", PLAIN));
      assertThat(registration).hasToString("inventory 10.0.0.3:5000: registered with r");
    }
    assertThat(script.acts()).containsExactly("+ " + PLAIN, "+ " + DRAINED, "- 10.0.0.3:5000");
    assertThat(script.closed()).isOne();
  }

  @Test
  void whereNobodySeesADrainItIsTakenAwayAtOnce() throws InterruptedException {
    script.cannotDrain();
    Registration registration = registration().start();
    await(registration, State.REGISTERED);

    registration.drain();
    await(() -> script.registered().isEmpty());
    assertThat(registration.state()).isEqualTo(State.DRAINING);

    registration.close();
    assertThat(registration.state()).isEqualTo(State.CLOSED);
    assertThat(script.acts()).containsExactly("+ " + PLAIN, "- 10.0.0.3:5000");
  }

  @Test
  void itIsTakenAwayWhileItIsUnhealthy() throws InterruptedException {
    AtomicBoolean healthy = new AtomicBoolean();
    try (Registration registration = registration().healthyWhen(healthy::get).start()) {
      await(registration, State.UNHEALTHY);
      assertThat(script.acts()).isEmpty();

      healthy.set(true);
      await(registration, State.REGISTERED);

      healthy.set(false);
      await(registration, State.UNHEALTHY);
      assertThat(script.registered()).isEmpty();
    }
    assertThat(script.acts()).containsExactly("+ " + PLAIN, "- 10.0.0.3:5000");
  }

  @Test
  void aCheckThatThrowsIsAServiceThatIsNotHealthy() throws InterruptedException {
    AtomicBoolean broken = new AtomicBoolean();
    Registration registration =
        registration()
            .healthyWhen(
                () -> {
                  if (broken.get()) {
                    throw new IllegalStateException("no database");
                  }
                  return true;
                })
            .start();
    await(registration, State.REGISTERED);

    broken.set(true);
    await(registration, State.UNHEALTHY);

    broken.set(false);
    await(registration, State.REGISTERED);
  }

  @Test
  void aRegistryThatIsAwayAtTheStartIsToldLater() throws InterruptedException {
    script.fail("connection refused by hush");
    Registration registration = registration().start();
    await(() -> registration.toString().contains("refused"));
    assertThat(registration.state()).isEqualTo(State.PENDING);
    assertThat(registration)
        .hasToString(
            "inventory 10.0.0.3:5000: not known to be registered with r"
                + " (connection refused by ***)");

    script.recover();

    await(registration, State.REGISTERED);
    assertThat(script.registered()).containsValue(PLAIN);
  }

  @Test
  void whatTheRegistryLosesIsPutBack() throws InterruptedException {
    Registration registration = registration().start();
    await(registration, State.REGISTERED);

    script.registered().clear();
    await(() -> script.registered().containsValue(PLAIN));

    registration.drain();
    await(() -> script.registered().containsValue(DRAINED));
    script.registered().clear();
    await(() -> script.registered().containsValue(DRAINED));
  }

  @Test
  void whoTurnsUnhealthyWhileTheRegistryIsAwayIsTakenAwayAfterwards() throws InterruptedException {
    AtomicBoolean healthy = new AtomicBoolean(true);
    Registration registration = registration().healthyWhen(healthy::get).start();
    await(registration, State.REGISTERED);

    script.fail("away");
    await(registration, State.PENDING);
    healthy.set(false);
    script.recover();

    await(registration, State.UNHEALTHY);
    assertThat(script.registered()).isEmpty();
  }

  @Test
  void closingWaitsForClientsToSeeTheDrain() throws InterruptedException {
    Registration registration = registration().drainFor(NEVER).start();
    await(registration, State.REGISTERED);
    Thread closing = new Thread(registration::close);
    closing.start();

    await(() -> script.registered().containsValue(DRAINED));
    await(() -> isInside(closing, "await"));
    assertThat(registration.state()).isEqualTo(State.DRAINING);

    // An interrupt ends the waiting and not the rest.
    closing.interrupt();
    closing.join();
    assertThat(script.registered()).isEmpty();
  }

  @Test
  void closingWaitsForNothingThatNobodyCanHaveSeen() throws InterruptedException {
    Registration registration = registration().drainFor(NEVER).healthyWhen(() -> false).start();
    await(registration, State.UNHEALTHY);

    registration.close();

    assertThat(registration.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void closingWhileTheRegistryIsAwayEnds() throws InterruptedException {
    Registration registration = registration().drainFor(NEVER).start();
    await(registration, State.REGISTERED);
    script.fail("away");

    registration.close();

    assertThat(registration.state()).isEqualTo(State.CLOSED);
    assertThat(script.registered()).containsValue(PLAIN);
    assertThat(script.closed()).isOne();
  }

  @Test
  void aCheckThatHangsDoesNotHoldUpTheEnd() throws InterruptedException {
    CountDownLatch asked = new CountDownLatch(1);
    Registration registration =
        registration()
            .healthyWhen(
                () -> {
                  asked.countDown();
                  try {
                    Thread.sleep(NEVER.toMillis());
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  return true;
                })
            .start();
    asked.await();

    registration.close();

    assertThat(registration.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void closingTheMeshTakesAwayWhatIsLeft() throws InterruptedException {
    Registration registration = registration().drainFor(NEVER).start();
    await(registration, State.REGISTERED);

    mesh.close();

    assertThat(registration.state()).isEqualTo(State.CLOSED);
    assertThat(script.registered()).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .noneMatch(thread -> thread.getName().startsWith("inmesh-registration"));
    assertThatThrownBy(() -> registration().start()).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void anAddressIsRegisteredOnceAtATime() throws InterruptedException {
    Registration registration = registration().start();
    await(registration, State.REGISTERED);

    assertThatThrownBy(() -> registration().start())
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("inventory 10.0.0.3:5000: registered with r; close that registration first");
    Registration elsewhere =
        mesh.registration("r", "inventory", ServerEntry.line("10.0.0.4:5000")).start();
    await(elsewhere, State.REGISTERED);

    registration.close();
    await(registration().start(), State.REGISTERED);
  }

  @Test
  void whatCannotBeRegisteredIsRefused() {
    assertThatThrownBy(() -> mesh.registration("x", "inventory", ENTRY).start())
        .hasMessage("no registry 'x': configured are [r]; set mesh.discovery.x.type");
    assertThatThrownBy(() -> mesh.registration("r", "unheard-of", ENTRY).start())
        .hasMessage(
            "registry 'r' can't have service 'unheard-of', which is unheard of; write another");
    assertThatThrownBy(
            () -> mesh.registration("r", "inventory", ServerEntry.line("10.0.0.3")).start())
        .hasMessageContaining("'10.0.0.3' has no port");
    assertThatThrownBy(() -> mesh.registration("r", "inventory", ENTRY.with("drain")).start())
        .hasMessage("drain is not to be set; remove it");
    script.readOnly();
    assertThatThrownBy(() -> mesh.registration("r", "inventory", ENTRY).start())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "registry 'r' is of type scripted, which can only be read; register with one of type"
                + " consul, etcd, eureka, zookeeper");
    assertThatThrownBy(() -> registration().healthPeriod(Duration.ofMillis(9)))
        .hasMessage("healthPeriod PT0.009S is outside PT0.01S to PT1H");
    assertThatThrownBy(() -> registration().drainFor(Duration.ofHours(2)))
        .hasMessage("drainFor PT2H is outside PT0S to PT1H");
  }
}
