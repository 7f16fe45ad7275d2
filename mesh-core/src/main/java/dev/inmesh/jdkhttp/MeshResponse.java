package dev.inmesh.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Optional;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The answer of a call: of the request and the URL as called, whatever server gave it. Immutable as
 * far as its body is.
 */
final class MeshResponse<T> implements HttpResponse<T> {

  private final HttpRequest request;
  private final AnswerHead head;
  private final @Nullable T body;
  private final Optional<SSLSession> sslSession;
  private final Optional<HttpResponse<T>> previous;

  MeshResponse(
      HttpRequest request,
      AnswerHead head,
      @Nullable T body,
      Optional<SSLSession> sslSession,
      Optional<HttpResponse<T>> previous) {
    this.request = request;
    this.head = head;
    this.body = body;
    this.sslSession = sslSession;
    this.previous = previous;
  }

  @Override
  public int statusCode() {
    return head.statusCode();
  }

  @Override
  public HttpRequest request() {
    return request;
  }

  @Override
  public Optional<HttpResponse<T>> previousResponse() {
    return previous;
  }

  @Override
  public HttpHeaders headers() {
    return head.headers();
  }

  @Override
  @SuppressWarnings("NullAway") // Null where the handler makes no body, as the JDK's own.
  public T body() {
    return body;
  }

  @Override
  public Optional<SSLSession> sslSession() {
    return sslSession;
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public HttpClient.Version version() {
    return head.version();
  }

  @Override
  public String toString() {
    return "(" + request.method() + " " + uri() + ") " + statusCode();
  }
}
