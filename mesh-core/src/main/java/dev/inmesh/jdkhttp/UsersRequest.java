package dev.inmesh.jdkhttp;

import dev.inmesh.http.CalledRequest;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The request as the user made it, or as a redirect did. */
final class UsersRequest implements CalledRequest {

  private final HttpRequest request;
  private final boolean replayable;
  private final BooleanSupplier cancelled;

  UsersRequest(HttpRequest request, BooleanSupplier cancelled) {
    this.request = request;
    // Without a length it may be a stream that is used up; with one it is something at hand.
    this.replayable = request.bodyPublisher().map(BodyPublisher::contentLength).orElse(0L) >= 0;
    this.cancelled = cancelled;
  }

  @Override
  public String method() {
    return request.method();
  }

  @Override
  public String path() {
    String path = request.uri().getRawPath();
    return path == null || path.isEmpty() ? "/" : path;
  }

  @Override
  public String url() {
    return request.uri().toString();
  }

  @Override
  public URI uri() {
    return request.uri();
  }

  @Override
  public @Nullable String header(String name) {
    return request.headers().firstValue(name).orElse(null);
  }

  @Override
  public @Nullable String query(String name) {
    return Query.parameter(request.uri(), name);
  }

  @Override
  public boolean isReplayable() {
    return replayable;
  }

  @Override
  public boolean isCancelled() {
    return cancelled.getAsBoolean();
  }
}
