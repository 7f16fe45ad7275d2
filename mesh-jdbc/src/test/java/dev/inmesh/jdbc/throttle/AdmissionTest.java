package dev.inmesh.jdbc.throttle;

import static dev.inmesh.config.StatementClass.BACKGROUND;
import static dev.inmesh.config.StatementClass.BATCH;
import static dev.inmesh.config.StatementClass.CRITICAL;
import static dev.inmesh.config.StatementClass.INTERACTIVE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.config.StatementClass;
import dev.inmesh.jdbc.servers.Await;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class AdmissionTest {

  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  private final AtomicLong clock = new AtomicLong(TimeUnit.DAYS.toNanos(1));
  private final Admission admission = new Admission(clock::get);

  /** An interactive statement has the last permit. */
  private void full() {
    admission.limit(2);
    admission.acquire(CRITICAL);
    admission.acquire(INTERACTIVE);
  }

  @Test
  void twoInteractiveStatementsGoAtATimeHoweverLowTheLimit() {
    admission.limit(1);

    assertThat(admission.tryAcquire(INTERACTIVE)).isTrue();
    assertThat(admission.tryAcquire(INTERACTIVE)).isTrue();
    assertThat(admission.tryAcquire(INTERACTIVE)).isFalse();
    clock.addAndGet(Admission.LOWER_REFUSED_NANOS);
    assertThat(admission.tryAcquire(BATCH)).isFalse();
  }

  @Test
  void everythingGoesWhileThereIsNoLimit() {
    for (int i = 0; i < 10_000; i++) {
      assertThat(admission.acquire(BACKGROUND, 0)).isZero();
    }

    assertThat(admission.inFlight(BACKGROUND)).isEqualTo(10_000);
    assertThat(admission.takeHighest()).isEqualTo(10_000);
  }

  @Test
  void whatIsMoreImportantDoesNotSeeWhatIsLessSo() {
    admission.limit(2);

    assertThat(admission.tryAcquire(BATCH)).isTrue();
    assertThat(admission.tryAcquire(BATCH)).isTrue();
    assertThat(admission.tryAcquire(BATCH)).isFalse();
    assertThat(admission.tryAcquire(INTERACTIVE)).isTrue();
    assertThat(admission.tryAcquire(INTERACTIVE)).isTrue();
    assertThat(admission.tryAcquire(INTERACTIVE)).isFalse();
    assertThat(admission.tryAcquire(CRITICAL)).isTrue();
  }

  @Test
  void whatIsLessImportantSeesWhatIsMoreSo() {
    admission.limit(2);

    admission.acquire(CRITICAL);
    assertThat(admission.tryAcquire(INTERACTIVE)).isTrue();

    assertThat(admission.tryAcquire(INTERACTIVE)).isFalse();
    assertThat(admission.tryAcquire(BATCH)).isFalse();
  }

  @Test
  void criticalIsNeverHeldBack() {
    admission.limit(1);

    for (int i = 0; i < 100; i++) {
      assertThat(admission.acquire(CRITICAL, 0)).isZero();
    }
  }

  @Test
  void whatIsLessImportantIsRefusedForASecondOnceSomethingMoreImportantWas() {
    full();
    assertThat(admission.tryAcquire(INTERACTIVE)).isFalse();
    admission.release(INTERACTIVE);

    assertThat(admission.tryAcquire(BATCH)).isFalse();

    clock.addAndGet(Admission.LOWER_REFUSED_NANOS);
    assertThat(admission.tryAcquire(BATCH)).isTrue();
  }

  @Test
  void aClassOfWhichNothingWentForFiveSecondsSendsOne() {
    full();
    assertThat(admission.tryAcquire(BACKGROUND)).isFalse();

    clock.addAndGet(Admission.STARVED_NANOS);

    assertThat(admission.tryAcquire(BACKGROUND)).isTrue();
    assertThat(admission.tryAcquire(BACKGROUND)).isFalse();
    assertThat(admission.tryAcquire(BATCH)).isTrue();
  }

  @Test
  @Timeout(60)
  void oneThatWaitsGoesWhenAPermitIsGivenBack() throws SQLException {
    full();
    CompletableFuture<Long> waiting = wait(INTERACTIVE);

    clock.addAndGet(7_000_000);
    admission.release(INTERACTIVE);

    assertThat(waiting.join()).isEqualTo(7_000_000);
    assertThat(admission.inFlight(INTERACTIVE)).isOne();
  }

  @Test
  @Timeout(60)
  void thoseThatWaitGoWhenTheLimitIsLifted() throws SQLException {
    full();
    List<CompletableFuture<Long>> waiting = List.of(wait(INTERACTIVE), wait(BATCH), wait(BATCH));

    admission.limit(Admission.UNLIMITED);

    waiting.forEach(each -> assertThat(each.join()).isNotNegative());
    assertThat(admission.inFlight()).isEqualTo(5);
    assertThat(admission.waiting()).isZero();
  }

  @Test
  @Timeout(60)
  void theMoreImportantGoesFirstWhoeverCameFirst() throws SQLException {
    full();
    CompletableFuture<Long> batch = wait(BATCH);
    CompletableFuture<Long> interactive = wait(INTERACTIVE);

    admission.release(INTERACTIVE);
    assertThat(interactive.join()).isNotNegative();
    assertThat(batch).isNotDone();

    admission.release(INTERACTIVE);
    assertThat(batch.join()).isNotNegative();
  }

  @Test
  @Timeout(60)
  void anInterruptIsAReasonToRefuseAndStaysSet() {
    full();

    Thread.currentThread().interrupt();

    assertThat(admission.acquire(INTERACTIVE, LONG)).isNegative();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(admission.waiting()).isZero();
  }

  @Test
  @Timeout(60)
  void whatWaitsIsRefusedAtOnceWhenSomethingMoreImportantIs() throws SQLException {
    full();
    // Nobody wakes to see whether its class starves.
    clock.addAndGet(-LONG);
    List<CompletableFuture<Long>> waiting = List.of(wait(BATCH), wait(BACKGROUND));

    assertThat(admission.tryAcquire(INTERACTIVE)).isFalse();

    waiting.forEach(each -> assertThat(each.join()).isNegative());
    assertThat(admission.waiting()).isZero();
  }

  @Test
  @Timeout(60)
  void whoeverIsInterruptedIsNoReasonToRefuseOthers() {
    admission.limit(2);
    admission.acquire(INTERACTIVE);
    admission.acquire(INTERACTIVE);
    Thread.currentThread().interrupt();
    assertThat(admission.acquire(INTERACTIVE, LONG)).isNegative();
    assertThat(Thread.interrupted()).isTrue();

    admission.release(INTERACTIVE);

    assertThat(admission.tryAcquire(BATCH)).isTrue();
  }

  @Test
  @Timeout(60)
  void aThreadThatHoldsAPermitNeverWaitsForItself() {
    admission.limit(1);
    admission.acquire(BATCH);
    Permit held = admission.hold(BATCH);

    assertThat(admission.acquire(BATCH, LONG)).isZero();
    admission.release(BATCH);
    held.release();
    held.release();

    assertThat(admission.inFlight()).isZero();
    admission.acquire(BATCH);
    assertThat(admission.acquire(BATCH, 0)).isNegative();
  }

  @Test
  void aLimitBelowOneIsRefused() {
    assertThatThrownBy(() -> admission.limit(0)).hasMessage("limit 0: at least 1");
  }

  /** Threads of all classes, a limit that changes: every permit comes back, and nobody hangs. */
  @Test
  @Timeout(120)
  void nothingIsLostAndNobodyWaitsForEver() {
    Admission real = new Admission(System::nanoTime);
    AtomicInteger ran = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger running = new AtomicInteger();
    int limit = 3;
    real.limit(limit);

    List<CompletableFuture<Void>> threads = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Random random = new Random(i);
      threads.add(
          CompletableFuture.runAsync(
              () -> {
                for (int n = 0; n < 2_000; n++) {
                  // Without critical ones, and none that starves, nobody goes beyond the limit.
                  StatementClass of = random.nextBoolean() ? INTERACTIVE : BATCH;
                  if (real.acquire(of, random.nextInt(2_000_000)) >= 0) {
                    if (of == INTERACTIVE) {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      Thread.onSpinWait();
                      running.decrementAndGet();
                    }
                    real.release(of);
                    ran.incrementAndGet();
                  }
                }
              },
              work -> new Thread(work, "stress").start()));
    }
    threads.forEach(CompletableFuture::join);

    assertThat(most.get()).isBetween(1, limit);
    assertThat(ran.get()).isPositive();
    assertThat(real.inFlight()).isZero();
    assertThat(real.waiting()).isZero();
  }

  private CompletableFuture<Long> wait(StatementClass of) throws SQLException {
    int before = admission.waiting();
    CompletableFuture<Long> waiting =
        CompletableFuture.supplyAsync(
            () -> admission.acquire(of, LONG), work -> new Thread(work, "waits").start());
    Await.until(() -> admission.waiting() == before + 1);
    return waiting;
  }
}
