package dev.inmesh.jdkhttp;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The user's request as it goes to one server. */
final class AttemptRequest extends HttpRequest {

  private final HttpRequest users;
  private final URI uri;
  private final HttpHeaders headers;
  private final Duration timeout;
  private final @Nullable BodyPublisher body;

  /**
   * @param uri of the server
   * @param timeout above zero
   */
  AttemptRequest(
      HttpRequest users,
      URI uri,
      HttpHeaders headers,
      Duration timeout,
      @Nullable BodyPublisher body) {
    this.users = users;
    this.uri = uri;
    this.headers = headers;
    this.timeout = timeout;
    this.body = body;
  }

  @Override
  public Optional<BodyPublisher> bodyPublisher() {
    return Optional.ofNullable(body);
  }

  @Override
  public String method() {
    return users.method();
  }

  /** The JDK's own, which says whether the connection was made when it fires. */
  @Override
  public Optional<Duration> timeout() {
    return Optional.of(timeout);
  }

  @Override
  public boolean expectContinue() {
    return users.expectContinue();
  }

  @Override
  public URI uri() {
    return uri;
  }

  @Override
  public Optional<HttpClient.Version> version() {
    return users.version();
  }

  @Override
  public HttpHeaders headers() {
    return headers;
  }
}
