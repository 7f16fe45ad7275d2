package dev.inmesh.okhttp;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.Check;
import dev.inmesh.event.Failure;
import dev.inmesh.http.HealthProbe;
import dev.inmesh.http.Origin;
import dev.inmesh.http.Resolver;
import dev.inmesh.okhttp.UpstreamConnections.Endpoint;
import dev.inmesh.server.OutsideNetworksException;
import dev.inmesh.server.Server;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import okhttp3.Authenticator;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.ConnectionPool;
import okhttp3.CookieJar;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Makes health checks with the TLS, sockets and protocols of a wrapped client, and nothing else of
 * it. Each on a thread and a connection of its own: an idle one that the server has just closed
 * would look like a failure, and says nothing of whether it still accepts. Safe for concurrent use.
 */
final class OkHttpProbe implements HealthProbe, AutoCloseable {

  private final OkHttpClient base;
  private final Function<String, UpstreamConnections> connections;
  private final ExecutorService threads;
  private volatile boolean closed;

  OkHttpProbe(
      OkHttpClient user,
      Function<String, UpstreamConnections> connections,
      ExecutorService threads) {
    this.connections = connections;
    this.threads = threads;
    OkHttpClient.Builder builder = user.newBuilder();
    builder.interceptors().clear();
    builder.networkInterceptors().clear();
    builder.networkInterceptors().add(new RetryAfterGuard());
    builder.cookieJar(CookieJar.NO_COOKIES).cache(null).authenticator(Authenticator.NONE);
    builder.retryOnConnectionFailure(false).fastFallback(false);
    builder.followRedirects(false).followSslRedirects(false);
    builder.proxy(Proxy.NO_PROXY);
    builder.callTimeout(Duration.ZERO).pingInterval(Duration.ZERO);
    builder.connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS));
    builder.dispatcher(new Dispatcher(threads));
    this.base = builder.build();
  }

  @Override
  public CompletableFuture<Finding> ask(UpstreamSettings upstream, Origin origin, Check check) {
    CompletableFuture<Finding> finding = new CompletableFuture<>();
    long end = System.nanoTime() + upstream.healthCheck().timeout().toNanos();
    threads.execute(
        () -> {
          try {
            run(upstream, origin, check, end, finding);
          } catch (Throwable e) {
            // A bug, here or in the user's trust manager: it says nothing of the server.
            finding.completeExceptionally(e);
          }
        });
    return finding;
  }

  private void run(
      UpstreamSettings upstream,
      Origin origin,
      Check check,
      long end,
      CompletableFuture<Finding> finding) {
    Server server = check.server();
    Endpoint endpoint = connections.apply(upstream.name()).endpoint(server, server.address());
    Progress progress = new Progress();
    try {
      awaitAddress(endpoint.name(), end);
      Request.Builder request =
          new Request.Builder().url(origin + check.path()).header("User-Agent", USER_AGENT);
      if (!upstream.hostHeader().isEmpty()) {
        request.header("Host", upstream.hostHeader());
      }
      Call call = client(upstream, endpoint, server, progress).newCall(request.build());
      call.timeout().timeout(nanosLeft(end), TimeUnit.NANOSECONDS);
      try (Response response = call.execute()) {
        finding.complete(Finding.answered(response.code()));
      }
    } catch (IOException e) {
      if (closed) {
        finding.completeExceptionally(e);
      } else {
        finding.complete(finding(e, progress.connected, System.nanoTime() - end >= 0));
      }
    }
  }

  private OkHttpClient client(
      UpstreamSettings upstream, Endpoint endpoint, Server server, EventListener listener) {
    Duration timeout = upstream.healthCheck().timeout();
    OkHttpClient.Builder builder =
        base.newBuilder()
            .eventListener(listener)
            .dns(endpoint)
            .socketFactory(new ServerSockets(base.socketFactory(), endpoint, server.port()))
            .connectTimeout(timeout)
            .readTimeout(timeout)
            .writeTimeout(timeout);
    NamedTls.use(upstream.tlsName(), base, builder);
    return builder.build();
  }

  private static void awaitAddress(Resolver.Name name, long end) throws IOException {
    if (!name.addresses(System.nanoTime()).isEmpty()) {
      return;
    }
    try {
      name.pending().get(nanosLeft(end), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new InterruptedIOException("timeout");
    } catch (ExecutionException e) {
      UnknownHostException unknown = new UnknownHostException(name.toString());
      unknown.initCause(e.getCause());
      throw unknown;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted");
    }
  }

  private static long nanosLeft(long end) throws InterruptedIOException {
    long left = end - System.nanoTime();
    if (left <= 0) {
      throw new InterruptedIOException("timeout");
    }
    return left;
  }

  private static Finding finding(IOException failure, boolean connected, boolean outOfTime) {
    boolean timeout = outOfTime || failure instanceof SocketTimeoutException;
    if (timeout) {
      Failure kind = connected ? Failure.TIMEOUT : Failure.CONNECT_TIMEOUT;
      return Finding.failed(kind, kind.words(0));
    }
    if (failure instanceof OutsideNetworksException) {
      return Finding.failed(Failure.OUTSIDE, String.valueOf(failure.getMessage()));
    }
    if (!connected && isRefused(failure)) {
      return Finding.failed(Failure.REFUSED, Failure.REFUSED.words(0));
    }
    Failure kind = connected ? Failure.ERROR : Failure.CONNECT;
    String message = failure.getMessage();
    return Finding.failed(kind, kind.words(0) + (message == null ? "" : ": " + message));
  }

  private static boolean isRefused(Throwable failure) {
    for (Throwable t = failure; t != null; t = t.getCause()) {
      String message = t.getMessage();
      if (t instanceof ConnectException && message != null && message.contains("refused")) {
        return true;
      }
    }
    return false;
  }

  /** Breaks off what is under way. */
  @Override
  public void close() {
    closed = true;
    base.dispatcher().cancelAll();
  }

  /** Knows whether there was a connection; used by the thread of one check. */
  private static final class Progress extends EventListener {

    private boolean connected;

    @Override
    public void connectionAcquired(Call call, Connection connection) {
      connected = true;
    }
  }
}
