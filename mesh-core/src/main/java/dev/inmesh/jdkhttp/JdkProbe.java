package dev.inmesh.jdkhttp;

import dev.inmesh.call.MeshException;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.Check;
import dev.inmesh.event.Failure;
import dev.inmesh.http.HealthProbe;
import dev.inmesh.http.Origin;
import dev.inmesh.server.OutsideNetworksException;
import dev.inmesh.server.Server;
import dev.inmesh.timer.Timers;
import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes health checks with the TLS and protocols of a wrapped client, and nothing else of it. They
 * share one inner client, and so keep their connections: the JDK has no way to ask for a new one,
 * and asks again by itself when an idle one was closed. Safe for concurrent use.
 */
final class JdkProbe implements HealthProbe {

  /**
   * As for attempts: the JDK's own timer knows whether there was a connection, so it goes first.
   */
  private static final long GRACE_NANOS = 10_000_000;

  private final HttpClient users;
  private final JdkHttpMesh mesh;
  private final Set<Asking> running = ConcurrentHashMap.newKeySet();
  private @Nullable AttemptClient client;
  private long replacedNanos = System.nanoTime() - AttemptClients.REPLACED_NANOS;
  private boolean closed;

  JdkProbe(HttpClient users, JdkHttpMesh mesh) {
    this.users = users;
    this.mesh = mesh;
  }

  /** Made when it is needed, for it has a thread. */
  private synchronized AttemptClient client() {
    if (closed) {
      throw new RejectedExecutionException("closed");
    }
    if (client == null) {
      client =
          new AttemptClient(
              HttpClient.newBuilder()
                  .version(users.version())
                  .sslContext(users.sslContext())
                  .sslParameters(users.sslParameters())
                  .followRedirects(HttpClient.Redirect.NEVER)
                  .proxy(HttpClient.Builder.NO_PROXY)
                  .executor(mesh.executor())
                  .build());
    }
    return client;
  }

  /** As for attempts: another client makes another connection. */
  private synchronized void replace(Connections dead) {
    long now = System.nanoTime();
    if (client != null
        && client.connections() == dead
        && now - replacedNanos >= AttemptClients.REPLACED_NANOS) {
      client = null;
      replacedNanos = now;
    }
  }

  @Override
  public CompletableFuture<Finding> ask(UpstreamSettings upstream, Origin origin, Check check) {
    URI called = URI.create(origin + check.path());
    String key = HostHeader.keyBeyondReach(upstream, called);
    if (key != null) {
      return CompletableFuture.failedFuture(Refusal.of(upstream, key, mesh));
    }
    Asking asking = new Asking(client(), upstream, called, check.server());
    running.add(asking);
    asking.start();
    return asking.finding;
  }

  /** Breaks off what is under way. */
  void close() {
    AttemptClient ended;
    synchronized (this) {
      closed = true;
      ended = client;
      client = null;
    }
    running.forEach(asking -> asking.finding.cancel(false));
    if (ended != null) {
      Ending.shutdownNow(ended.client());
    }
  }

  /** One check under way. Everything in it happens on whatever thread it happens on. */
  private final class Asking {

    final CompletableFuture<Finding> finding = new CompletableFuture<>();

    private final AttemptClient inner;
    private final UpstreamSettings upstream;
    private final URI called;
    private final Server server;
    private final long startNanos = System.nanoTime();
    private final long endNanos;

    Asking(AttemptClient inner, UpstreamSettings upstream, URI called, Server server) {
      this.inner = inner;
      this.upstream = upstream;
      this.called = called;
      this.server = server;
      this.endNanos = startNanos + upstream.healthCheck().timeout().toNanos();
    }

    void start() {
      Timers.Timer timer =
          mesh.timers()
              .schedule(
                  nanosLeft() + GRACE_NANOS,
                  () -> mesh.executor().execute(() -> failed(Failure.TIMEOUT, null)));
      CompletableFuture<?> unused =
          finding.whenComplete(
              (found, failure) -> {
                timer.cancel();
                running.remove(this);
              });
      CompletableFuture<List<InetAddress>> lookUp =
          inner.connections().addresses(mesh.name(server), called, server, System.nanoTime());
      if (lookUp.isDone() && !lookUp.isCompletedExceptionally()) {
        send(lookUp.join());
        return;
      }
      // As an attempt does: one that hangs must not keep hold of all that waited for it.
      unused =
          CompletableFuture.anyOf(lookUp, finding)
              .whenCompleteAsync((found, failure) -> resolved(lookUp), mesh.executor());
    }

    private long nanosLeft() {
      return endNanos - System.nanoTime();
    }

    private void resolved(CompletableFuture<List<InetAddress>> lookUp) {
      if (finding.isDone()) {
        return;
      }
      if (lookUp.isCompletedExceptionally()) {
        failed(Failure.CONNECT, new UnknownHostException(server.host()));
      } else {
        send(lookUp.join());
      }
    }

    private void send(List<InetAddress> addresses) {
      try {
        InetAddress address =
            Checked.address(called, upstream.name(), server, addresses, mesh.networks());
        HttpRequest.Builder request =
            HttpRequest.newBuilder(ServerUri.of(called, server, address))
                .timeout(Duration.ofNanos(Math.max(1, nanosLeft())))
                .header("User-Agent", USER_AGENT);
        String host = HostHeader.of(upstream, HttpRequest.newBuilder(called).build());
        if (host != null) {
          request.header("Host", host);
        }
        CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>> sending =
            inner.client().sendAsync(request.build(), BodyHandlers.ofPublisher());
        CompletableFuture<?> unused = sending.whenComplete(this::arrived);
        unused = finding.whenComplete((found, failure) -> sending.cancel(true));
      } catch (OutsideNetworksException e) {
        finding.complete(Finding.failed(Failure.OUTSIDE, String.valueOf(e.getMessage())));
      } catch (MeshException | RuntimeException | Error e) {
        finding.completeExceptionally(e);
      }
    }

    private void arrived(
        @Nullable HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer,
        @Nullable Throwable failure) {
      if (answer == null) {
        Throwable cause = Failures.unwrapped(failure);
        // What is cancelled has run out of time, or the mesh is closed.
        Failure kind = finding.isDone() ? Failure.TIMEOUT : Failures.kind(cause, null);
        if (inner.connections().failed(server, kind, startNanos)) {
          replace(inner.connections());
        }
        failed(kind, cause);
      } else {
        Http2Server unused = inner.connections().answered(server, answer.version());
        finding.complete(Finding.answered(answer.statusCode()));
        answer.body().subscribe(new Unwanted(true, mesh.timers()));
      }
    }

    private void failed(Failure kind, @Nullable Throwable cause) {
      String message = kind.isUnclear() && cause != null ? cause.getMessage() : null;
      finding.complete(
          Finding.failed(kind, kind.words(0) + (message == null ? "" : ": " + message)));
    }
  }
}
