package dev.inmesh.http;

/** Which requests may be sent twice (RFC 9110, 9.2.2, and the Idempotency-Key header). */
public final class Idempotence {

  /** The header by which a client promises that the server tells repetitions apart. */
  public static final String KEY_HEADER = "Idempotency-Key";

  private Idempotence() {}

  /** Whether the method alone allows it. */
  public static boolean of(String method) {
    return switch (method) {
      case "GET", "HEAD", "OPTIONS", "PUT", "DELETE", "TRACE" -> true;
      default -> false;
    };
  }
}
