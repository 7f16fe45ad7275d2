package dev.inmesh.config;

import dev.inmesh.server.Server;

/**
 * A server of a database. Immutable.
 *
 * @param url of JDBC; may hold credentials
 * @param server its name, and what its entry says of it
 */
public record DatabaseServer(String url, Server server) {

  /** {@code host:port}, or what stands in the place of it in the URL; fit to be shown. */
  public String name() {
    return server.address();
  }

  @Override
  public String toString() {
    return name();
  }
}
