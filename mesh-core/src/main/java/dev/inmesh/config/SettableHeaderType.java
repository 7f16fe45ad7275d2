package dev.inmesh.config;

import java.util.Set;

/**
 * The name of a request header that the mesh may set by itself: not one that says where the request
 * goes, where it ends, or whose it is. Becomes lower case.
 */
record SettableHeaderType() implements ValueType<String> {

  private static final HeaderType HEADERS = new HeaderType();

  private static final Set<String> REFUSED =
      Set.of(
          "accept-encoding",
          "authorization",
          "connection",
          "content-encoding",
          "content-length",
          "content-type",
          "cookie",
          "expect",
          "host",
          "http2-settings",
          "idempotency-key",
          "keep-alive",
          "mesh-server",
          "mesh-source",
          "proxy-authorization",
          "proxy-connection",
          "range",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "via");

  @Override
  public String parse(String text) throws Refused {
    String name = HEADERS.parse(text);
    if (REFUSED.contains(name)) {
      throw Refused.malformed(
          Echo.quoted(name)
              + " has a meaning of its own in HTTP, and is not the mesh's to set; write a name like"
              + " x-time-left-ms");
    }
    return name;
  }

  @Override
  public String syntax() {
    return HEADERS.syntax();
  }
}
