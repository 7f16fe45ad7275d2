package dev.inmesh.jdkhttp;

import java.net.http.HttpClient;

/**
 * A client that makes attempts.
 *
 * @param connections what is known of its connections
 */
record AttemptClient(HttpClient client, Connections connections) {

  AttemptClient(HttpClient client) {
    this(client, new Connections());
  }
}
