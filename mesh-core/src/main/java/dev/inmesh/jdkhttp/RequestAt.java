package dev.inmesh.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;

/** A request at another URL: the user's as it goes to one server, or a server's as it is called. */
final class RequestAt extends HttpRequest {

  private final HttpRequest other;
  private final URI uri;
  private final HttpHeaders headers;
  private final Optional<Duration> timeout;
  private final Optional<BodyPublisher> body;

  RequestAt(
      URI uri,
      HttpRequest other,
      HttpHeaders headers,
      Optional<Duration> timeout,
      Optional<BodyPublisher> body) {
    this.other = other;
    this.uri = uri;
    this.headers = headers;
    this.timeout = timeout;
    this.body = body;
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return body;
  }

  @Override
  public String method() {
    return other.method();
  }

  @Override
  public Optional<Duration> timeout() {
    return timeout;
  }

  @Override
  public boolean expectContinue() {
    return other.expectContinue();
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public Optional<HttpClient.Version> version() {
    return other.version();
  }

  @Override
  public HttpHeaders headers() {
    return headers;
  }
}
