package dev.inmesh.jdkhttp;

import dev.inmesh.http.HttpUpstream;
import java.io.IOException;
import java.net.Authenticator;
import java.net.CookieHandler;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * A client whose calls to upstreams are made in attempts of the mesh; every other call, web sockets
 * and upgrades are the user's client's. Safe for concurrent use.
 */
final class WrappedClient extends HttpClient {

  private final HttpClient users;
  private final JdkHttpMesh mesh;
  private final AttemptClients clients;

  WrappedClient(HttpClient users, JdkHttpMesh mesh) {
    this.users = users;
    this.mesh = mesh;
    this.clients = new AttemptClients(users);
    mesh.opened(clients);
  }

  @Override
  public <T> HttpResponse<T> send(HttpRequest request, BodyHandler<T> handler)
      throws IOException, InterruptedException {
    HttpUpstream upstream = upstream(request);
    return upstream == null
        ? users.send(request, handler)
        : call(handler, null).await(upstream, request);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request, BodyHandler<T> handler) {
    HttpUpstream upstream = upstream(request);
    return upstream == null
        ? users.sendAsync(request, handler)
        : call(handler, null).start(upstream, request);
  }

  @Override
  public <T> CompletableFuture<HttpResponse<T>> sendAsync(
      HttpRequest request,
      BodyHandler<T> handler,
      @Nullable PushPromiseHandler<T> pushPromiseHandler) {
    HttpUpstream upstream = upstream(request);
    return upstream == null
        ? users.sendAsync(request, handler, pushPromiseHandler)
        : call(handler, pushPromiseHandler).start(upstream, request);
  }

  private @Nullable HttpUpstream upstream(HttpRequest request) {
    HttpUpstream upstream = mesh.upstream(request.uri());
    return upstream == null || request.headers().firstValue("Upgrade").isPresent()
        ? null
        : upstream;
  }

  private <T> UserCall<T> call(
      BodyHandler<T> handler, @Nullable PushPromiseHandler<T> pushPromiseHandler) {
    return new UserCall<>(mesh, clients, Objects.requireNonNull(handler), pushPromiseHandler);
  }

  @Override
  public WebSocket.Builder newWebSocketBuilder() {
    return users.newWebSocketBuilder();
  }

  @Override
  public Optional<CookieHandler> cookieHandler() {
    return users.cookieHandler();
  }

  @Override
  public Optional<Duration> connectTimeout() {
    return users.connectTimeout();
  }

  @Override
  public Redirect followRedirects() {
    return users.followRedirects();
  }

  @Override
  public Optional<ProxySelector> proxy() {
    return users.proxy();
  }

  @Override
  public SSLContext sslContext() {
    return users.sslContext();
  }

  @Override
  public SSLParameters sslParameters() {
    return users.sslParameters();
  }

  @Override
  public Optional<Authenticator> authenticator() {
    return users.authenticator();
  }

  @Override
  public Version version() {
    return users.version();
  }

  @Override
  public Optional<Executor> executor() {
    return users.executor();
  }

  // What Java 21 added, by the same signatures; its close() is made of these.

  /** Takes no new calls; those in flight finish with the attempt that they are at. */
  public void shutdown() {
    clients.shutdown();
  }

  /** Takes no new calls; those in flight fail. */
  public void shutdownNow() {
    clients.shutdownNow();
  }

  /** Whether it was shut down and nothing is in flight any more. */
  public boolean isTerminated() {
    return clients.isTerminated();
  }

  /** Waits for that, at most for so long. */
  public boolean awaitTermination(Duration most) throws InterruptedException {
    return clients.awaitTermination(most);
  }

  @Override
  public String toString() {
    return "mesh of " + users;
  }
}
