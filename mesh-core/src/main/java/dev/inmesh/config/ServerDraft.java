package dev.inmesh.config;

import dev.inmesh.server.Server;
import java.time.Duration;
import java.util.OptionalInt;

/** A server whose entry is still being read. */
final class ServerDraft {

  private String host = "";
  private int port;
  int weight = 1;
  int maxConns;
  OptionalInt maxFails = OptionalInt.empty();
  Duration failTimeout = Server.DEFAULT_FAIL_TIMEOUT;
  boolean backup;
  boolean down;
  boolean drain;
  String zone = "";
  String region = "";

  void address(HostPort address) {
    host = address.host();
    port = address.port().orElseThrow();
  }

  /** A server that is known by a name instead of an address. */
  Server named(String name) {
    host = name;
    port = 0;
    return server();
  }

  Server server() {
    return new Server(
        host, port, weight, maxConns, maxFails, failTimeout, backup, down, drain, zone, region);
  }
}
