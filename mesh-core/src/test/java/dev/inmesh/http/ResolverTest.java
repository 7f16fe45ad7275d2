package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

final class ResolverTest {

  private static final String NOBODY = "nobody.invalid"; // RFC 2606: there is no such name.

  /** Runs nothing by itself. */
  private final Queue<Runnable> waiting = new ArrayDeque<>();

  private static long in(Duration time) {
    return System.nanoTime() + time.toNanos();
  }

  private static long old() {
    return in(Resolver.REFRESH.plusSeconds(1));
  }

  @Test
  void aLiteralIsKnownAtOnceAndNeverLookedUp() throws Exception {
    Resolver resolver = new Resolver(waiting::add);

    for (String literal : List.of("127.0.0.1", "::1")) {
      Resolver.Name name = resolver.name(literal);

      assertThat(name.addresses(old())).containsExactly(InetAddress.getByName(literal));
      assertThat(name.pending()).isCompletedWithValue(name.addresses(old()));
    }
    assertThat(waiting).isEmpty();
  }

  @Test
  void aNameIsLookedUpOnAnotherThreadAndOnce() throws Exception {
    Resolver resolver = new Resolver(waiting::add);

    Resolver.Name name = resolver.name("localhost");

    assertThat(resolver.name("localhost")).isSameAs(name);
    assertThat(waiting).hasSize(1);
    assertThat(name.addresses(System.nanoTime())).isEmpty();
    waiting.remove().run();
    assertThat(name.pending().get()).allMatch(InetAddress::isLoopbackAddress).isNotEmpty();
    assertThat(name.addresses(System.nanoTime())).isEqualTo(name.pending().get());
    assertThat(waiting).isEmpty();
  }

  @Test
  void aLookUpThatNeverComesBackBlocksNobodyAndIsNotStartedAgain() {
    Resolver.Name name = new Resolver(waiting::add).name("localhost");

    for (int i = 0; i < 3; i++) {
      assertThat(name.addresses(old())).isEmpty();
      assertThat(name.pending()).isNotDone();
    }
    assertThat(waiting).hasSize(1);
  }

  @Test
  void oldAddressesAreServedWhileTheyAreLookedUpAgain() {
    Resolver.Name name = new Resolver(waiting::add).name("localhost");
    waiting.remove().run();
    List<InetAddress> first = name.addresses(System.nanoTime());

    assertThat(name.addresses(in(Resolver.REFRESH.minusSeconds(5)))).isEqualTo(first);
    assertThat(waiting).isEmpty();
    assertThat(name.addresses(old())).isEqualTo(first);
    assertThat(name.addresses(old())).isEqualTo(first);

    assertThat(waiting).hasSize(1);
    waiting.remove().run();
    assertThat(name.addresses(System.nanoTime())).isEqualTo(first);
  }

  @Test
  void anUnknownNameFailsAndIsLookedUpAgainSoon() {
    Resolver.Name name = new Resolver(waiting::add).name(NOBODY);
    waiting.remove().run();

    assertThatThrownBy(() -> name.pending().get())
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(UnknownHostException.class);
    assertThat(name.addresses(System.nanoTime())).isEmpty();
    assertThat(waiting).isEmpty();
    assertThat(name.addresses(in(Duration.ofSeconds(2)))).isEmpty();

    assertThat(waiting).hasSize(1);
    assertThat(name.pending()).isNotDone();
  }

  @Test
  void aLookUpThatFindsNoThreadFails() {
    RejectedExecutionException full = new RejectedExecutionException("full");
    Executor refuses =
        task -> {
          throw full;
        };

    Resolver.Name name = new Resolver(refuses).name("localhost");

    assertThat(name.addresses(System.nanoTime())).isEmpty();
    assertThatThrownBy(() -> name.pending().get()).hasCause(full);
  }

  @Test
  void aThreadThatCannotBeStartedOnceIsNoReasonNeverToLookUpAgain() throws Exception {
    @Nullable Error[] thrown = {new OutOfMemoryError("unable to create native thread")};
    Executor executor =
        task -> {
          if (thrown[0] != null) {
            throw thrown[0];
          }
          task.run();
        };
    Resolver.Name name = new Resolver(executor).name("localhost");
    assertThat(name.addresses(System.nanoTime())).isEmpty();
    assertThatThrownBy(() -> name.pending().get()).hasCause(thrown[0]);

    thrown[0] = null;

    assertThat(name.addresses(old())).isNotEmpty();
  }

  @Test
  void anErrorOfALookUpEndsItAndNotTheNext() throws Exception {
    @Nullable Error[] thrown = {new LinkageError("no name service")};
    Resolver resolver =
        new Resolver(
            Runnable::run,
            host -> {
              if (thrown[0] != null) {
                throw thrown[0];
              }
              return new InetAddress[] {InetAddress.getLoopbackAddress()};
            });
    Resolver.Name name = resolver.name("stock.example");
    assertThatThrownBy(() -> name.pending().get()).hasCause(thrown[0]);

    thrown[0] = null;

    assertThat(name.addresses(old())).containsExactly(InetAddress.getLoopbackAddress());
  }

  @Test
  void theLastGoodAddressesStayAndAreLookedUpAgainSoonWhenALaterLookUpFindsNoThread() {
    boolean[] refuses = {false};
    Executor executor =
        task -> {
          if (refuses[0]) {
            throw new RejectedExecutionException("full");
          }
          waiting.add(task);
        };
    Resolver.Name name = new Resolver(executor).name("localhost");
    waiting.remove().run();
    List<InetAddress> good = name.addresses(System.nanoTime());
    assertThat(good).isNotEmpty();
    refuses[0] = true;

    assertThat(name.addresses(old())).isEqualTo(good);
    assertThat(name.pending()).isCompletedExceptionally();

    refuses[0] = false;
    assertThat(name.addresses(System.nanoTime())).isEqualTo(good);
    assertThat(waiting).isEmpty();
    assertThat(name.addresses(in(Resolver.RETRY.plusSeconds(1)))).isEqualTo(good);
    assertThat(waiting).hasSize(1);
    waiting.remove().run();
    assertThat(name.pending()).isCompletedWithValue(good);
  }

  @Test
  void theLastGoodAddressesStayAndAreLookedUpAgainSoonWhenTheNameIsGone() throws Exception {
    InetAddress good = InetAddress.getByAddress("stock.example", new byte[] {10, 0, 0, 1});
    boolean[] gone = {false};
    Resolver.Name name =
        new Resolver(
                waiting::add,
                host -> {
                  if (gone[0]) {
                    throw new UnknownHostException(host);
                  }
                  return new InetAddress[] {good};
                })
            .name("stock.example");
    waiting.remove().run();
    gone[0] = true;
    assertThat(name.addresses(old())).containsExactly(good);
    waiting.remove().run();

    assertThat(name.addresses(System.nanoTime())).containsExactly(good);
    assertThat(name.pending()).isCompletedExceptionally();

    assertThat(waiting).isEmpty();
    assertThat(name.addresses(in(Resolver.RETRY.plusSeconds(1)))).containsExactly(good);
    assertThat(waiting).hasSize(1);
  }
}
