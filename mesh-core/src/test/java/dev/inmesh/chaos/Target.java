package dev.inmesh.chaos;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An upstream that calls are made to.
 *
 * @param fault what its bad server does to each connection; NONE where the script decides
 * @param weight its share of the calls
 */
record Target(String name, String scheme, int timeoutMillis, Fault fault, int weight) {

  /** A fallback in code belongs to it. */
  static final String CODED = "coded";

  static Target scripted(String name, int timeoutMillis, int weight) {
    return new Target(name, "http", timeoutMillis, Fault.NONE, weight);
  }

  static Target of(Fault fault) {
    boolean tls = fault.place() == Fault.Place.TLS;
    String name = fault.name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    return new Target(
        name, tls ? "https" : "http", 120, fault, tls ? 1 : 2); // Handshakes are dear.
  }

  /** Those whose faults the script decides. */
  static List<Target> scripted() {
    return List.of(
        scripted("plain", 250, 30),
        scripted("hedged", 150, 15),
        scripted("defaulted", 60, 15),
        scripted(CODED, 100, 6),
        scripted("as-it-comes", 120, 10),
        scripted("paced", 120, 6));
  }

  static List<Target> all() {
    List<Target> all = new ArrayList<>(scripted());
    for (Fault fault : Fault.values()) {
      if (fault.place() != Fault.Place.REQUEST && fault.place() != Fault.Place.REUSED) {
        all.add(of(fault));
      }
    }
    return all;
  }

  boolean isTls() {
    return scheme.equals("https");
  }

  /** The keys that make it so, but for its servers. */
  Map<String, String> keys() {
    Map<String, String> keys = new java.util.HashMap<>();
    keys.put("timeout", timeoutMillis + "ms");
    if (!name.equals("as-it-comes")) {
      // Or most calls would soon be made to nobody.
      keys.put("outlier.mode", "off");
      keys.put("breaker.enabled", "false");
      keys.put("budget", "100%");
    }
    switch (name) {
      case "plain" -> {
        keys.put("timeout.attempt", "80ms");
        keys.put("retry.on", "connect,error,timeout,http_429,http_500,http_502,http_503,http_504");
        keys.put("retry.tries", "3");
      }
      case "hedged" -> {
        keys.put("hedge.after", "20ms");
        keys.put("hedge.tries", "2");
      }
      case "defaulted" -> keys.put("fallback", "default");
      case "as-it-comes" -> keys.put("fallback", "stale,default");
      case "paced" -> {
        keys.put("timeout.read", "30ms");
        keys.put("timeout.connect", "20ms");
        keys.put("retry.backoff", "5ms");
        keys.put("retry.on", "connect,error,timeout");
        keys.put("fallback", "default");
      }
      case CODED -> keys.put("retry.on", "off");
      default -> {
        keys.put("timeout.connect", "50ms");
        keys.put("retry.on", "connect,error,timeout");
      }
    }
    return keys;
  }

  @Override
  public String toString() {
    return name;
  }
}
