package dev.inmesh.config;

/**
 * What {@code retry.on} can name, in nginx's words. {@code http_NNN} conditions stand for one
 * status each.
 */
public enum RetryCondition {
  /** No connection was made: refused, unreachable, unresolved, TLS failed, or it took too long. */
  CONNECT("connect", 0),
  /** The connection broke or the answer could not be read as HTTP. */
  ERROR("error", 0),
  /** The attempt ran out of time after it was connected. */
  TIMEOUT("timeout", 0),
  HTTP_403("http_403", 403),
  HTTP_404("http_404", 404),
  HTTP_429("http_429", 429),
  HTTP_500("http_500", 500),
  HTTP_502("http_502", 502),
  HTTP_503("http_503", 503),
  HTTP_504("http_504", 504),
  /** Lifts the rule that only idempotent calls are sent again. */
  NON_IDEMPOTENT("non_idempotent", 0);

  private final String key;
  private final int status;

  RetryCondition(String key, int status) {
    this.key = key;
    this.status = status;
  }

  /** The name in the configuration. */
  public String key() {
    return key;
  }

  /** The status that it stands for, or 0 when it stands for none. */
  public int status() {
    return status;
  }
}
