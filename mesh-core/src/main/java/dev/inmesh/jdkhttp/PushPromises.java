package dev.inmesh.jdkhttp;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandler;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpResponse.BodySubscriber;
import java.net.http.HttpResponse.PushPromiseHandler;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.function.Function;

/**
 * Promises that a server pushes in an attempt, as promises of the user's own request. Nothing is
 * judged by them: they come before it is known what becomes of the attempt.
 */
final class PushPromises<T> implements PushPromiseHandler<Flow.Publisher<List<ByteBuffer>>> {

  private final PushPromiseHandler<T> users;
  private final HttpRequest request;
  private final Executor executor;

  PushPromises(PushPromiseHandler<T> users, HttpRequest request, Executor executor) {
    this.users = users;
    this.request = request;
    this.executor = executor;
  }

  @Override
  public void applyPushPromise(
      HttpRequest sent,
      HttpRequest promised,
      Function<
              BodyHandler<Flow.Publisher<List<ByteBuffer>>>,
              CompletableFuture<HttpResponse<Flow.Publisher<List<ByteBuffer>>>>>
          acceptor) {
    HttpRequest asCalled = asCalled(sent.uri(), promised);
    users.applyPushPromise(
        request,
        asCalled,
        handler ->
            acceptor
                .apply(BodyHandlers.ofPublisher())
                .thenComposeAsync(answer -> read(answer, asCalled, handler), executor));
  }

  /** A promise of the same server is one of the host as called. */
  private HttpRequest asCalled(URI server, HttpRequest promised) {
    URI uri = promised.uri();
    boolean ofTheServer =
        server.getHost().equalsIgnoreCase(uri.getHost())
            && (uri.getPort() < 0 || uri.getPort() == server.getPort());
    if (!ofTheServer) {
      return promised;
    }
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    URI called = request.uri().resolve(uri.getRawPath() + query);
    return new RequestAt(
        called, promised, promised.headers(), promised.timeout(), promised.bodyPublisher());
  }

  private static <T> CompletableFuture<HttpResponse<T>> read(
      HttpResponse<Flow.Publisher<List<ByteBuffer>>> answer,
      HttpRequest promised,
      BodyHandler<T> handler) {
    AnswerHead head = new AnswerHead(answer.statusCode(), answer.headers(), answer.version());
    BodySubscriber<T> reader = handler.apply(head);
    answer.body().subscribe(reader);
    return reader
        .getBody()
        .<HttpResponse<T>>thenApply(
            body -> new MeshResponse<>(promised, head, body, answer.sslSession(), Optional.empty()))
        .toCompletableFuture();
  }
}
