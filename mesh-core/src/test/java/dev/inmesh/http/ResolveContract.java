package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.event.UpstreamListener;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** A driver whose look-ups go wrong. */
public abstract class ResolveContract {

  /** A call to {@code http://u/}. */
  protected interface Call {
    void execute() throws Exception;
  }

  /** A call of a driver that has these upstreams and this resolver. */
  protected abstract Call call(
      Supplier<HttpUpstreams> upstreams, Resolver resolver, UpstreamSettings settings);

  private final UpstreamSettings settings =
      Objects.requireNonNull(
          Configuration.open(
                  Sources.of(
                      Map.of(
                          "mesh.upstream.u.servers",
                          "localhost:1",
                          "mesh.upstream.u.timeout",
                          "100ms")))
              .current()
              .settings()
              .upstreams()
              .get("u"));
  private final UpstreamEngine engine =
      new UpstreamEngine(
          settings,
          new UpstreamListener() {},
          route -> new UpstreamListener() {},
          RandomSource.perThread(),
          new PauseDetector(),
          System.nanoTime());

  private Call call(Resolver resolver) {
    HttpUpstreams upstreams =
        HttpUpstreams.of(
            List.of(
                new HttpUpstream(engine, Optional.empty(), ForkJoinPool.commonPool(), () -> "")));
    return call(() -> upstreams, resolver, settings);
  }

  @Test
  void aLookUpThatNeverComesBackCostsTheCallItsDeadline() {
    Call call = call(new Resolver(task -> {}));

    CallTimeoutException timeout = catchThrowableOfType(CallTimeoutException.class, call::execute);

    assertThat(timeout.phase()).isEqualTo(Phase.RESOLVE);
    assertThat(timeout).hasMessageStartingWith("u: timed out in phase resolve after ");
    assertThat(engine.active()).isZero();
    assertThat(engine.servers(System.nanoTime())).allMatch(s -> s.inFlight() == 0);
  }

  @Test
  void aLookUpThatFindsNoThreadFailsTheCallAtOnce() {
    Call call =
        call(
            new Resolver(
                task -> {
                  throw new RejectedExecutionException("full");
                }));

    assertThatThrownBy(call::execute)
        .isInstanceOf(MeshException.class)
        .isNotInstanceOf(CallTimeoutException.class)
        .hasMessageContaining("localhost:1 connect failed")
        .hasRootCauseInstanceOf(RejectedExecutionException.class)
        .cause()
        .isInstanceOf(UnknownHostException.class);
    assertThat(engine.active()).isZero();
  }

  @Test
  void aLookUpThatNeverComesBackKeepsNoCallThatHasEnded() {
    Resolver resolver = new Resolver(task -> {});
    Resolver.Name name = resolver.name("localhost");

    assertThatThrownBy(call(resolver)::execute).isInstanceOf(CallTimeoutException.class);

    assertThat(name.pending().getNumberOfDependents()).isZero();
  }
}
