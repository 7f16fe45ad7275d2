package dev.inmesh.call;

import java.nio.charset.StandardCharsets;

/**
 * An HTTP answer made by this process: what a {@link Fallback} gives. Immutable.
 *
 * <pre>{@code
 * Answer.of(200, "application/json", "{\"stock\":0}")
 * }</pre>
 */
public final class Answer {

  private final int status;
  private final String contentType;
  private final byte[] body;

  private Answer(int status, String contentType, byte[] body) {
    if (status < 200 || status > 599) {
      throw new IllegalArgumentException("status " + status + " is outside 200 to 599");
    }
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }

  /**
   * An answer with these bytes.
   *
   * @param status 200 to 599
   * @param contentType the Content-Type header; empty sends none
   * @throws IllegalArgumentException if the status is outside its range
   */
  public static Answer of(int status, String contentType, byte[] body) {
    return new Answer(status, contentType, body.clone());
  }

  /**
   * An answer with this text in UTF-8.
   *
   * @throws IllegalArgumentException if the status is outside 200 to 599
   */
  public static Answer of(int status, String contentType, String body) {
    return new Answer(status, contentType, body.getBytes(StandardCharsets.UTF_8));
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The Content-Type header, empty for none. */
  public String contentType() {
    return contentType;
  }

  /** A copy of the bytes. */
  public byte[] body() {
    return body.clone();
  }
}
