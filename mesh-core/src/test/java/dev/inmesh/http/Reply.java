package dev.inmesh.http;

import java.util.Map;

/** An answer, whatever client it came through; header names in lower case. */
public record Reply(int status, Map<String, String> headers, String body) {

  public String source() {
    return headers.getOrDefault("mesh-source", "");
  }

  public String server() {
    return headers.getOrDefault("mesh-server", "");
  }
}
