package dev.inmesh;

import static dev.inmesh.Eventually.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.http.Resolver;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Look-ups that hang are nobody's but those who wait for that name. */
@Timeout(60)
final class LookUpThreadsTest {

  private final ExecutorService threads = MeshRuntime.lookUpThreads();
  private final CountDownLatch nameServiceIsBack = new CountDownLatch(1);
  private final Resolver resolver = new Resolver(threads, this::addresses);
  private final List<Resolver.Name> held = new ArrayList<>();

  @AfterEach
  void end() throws InterruptedException {
    nameServiceIsBack.countDown();
    threads.shutdown();
    assertThat(threads.awaitTermination(20, TimeUnit.SECONDS)).isTrue();
  }

  private InetAddress[] addresses(String host) {
    if (host.startsWith("hanging")) {
      try {
        nameServiceIsBack.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  private void hang(int names) {
    for (int i = 0; i < names; i++) {
      held.add(resolver.name("hanging-" + i + ".example"));
    }
  }

  @Test
  void namesThatHangHoldUpNoOther() throws Exception {
    hang(100);

    Resolver.Name good = resolver.name("good.example");

    assertThat(good.pending().get(20, TimeUnit.SECONDS)).isNotEmpty();
    assertThat(held).noneMatch(name -> name.pending().isDone());
  }

  @Test
  void aNameBeyondTheBoundFailsAtOnceAndIsLookedUpAgainSoon() throws Exception {
    hang(MeshRuntime.LOOK_UPS);
    Resolver.Name beyond = resolver.name("good.example");

    assertThatThrownBy(() -> beyond.pending().get(20, TimeUnit.SECONDS))
        .hasCauseInstanceOf(RejectedExecutionException.class);

    nameServiceIsBack.countDown();
    await(() -> held.stream().allMatch(name -> name.pending().isDone()));
    long soon = System.nanoTime() + Resolver.RETRY.toNanos() + 1;
    await(() -> !beyond.addresses(soon).isEmpty());
  }
}
