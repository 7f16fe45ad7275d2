package dev.inmesh.discovery.etcd;

import dev.inmesh.discovery.http.Answer;
import dev.inmesh.discovery.http.Ask;
import dev.inmesh.discovery.http.HttpKeys;
import dev.inmesh.discovery.http.JsonStream;
import dev.inmesh.discovery.http.RefusedException;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.discovery.json.Json;
import dev.inmesh.discovery.json.JsonText;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.util.Map;

/**
 * etcd's gateway from JSON to gRPC, version 3, as one user. A token that is no longer taken is
 * replaced. Safe for concurrent use.
 */
final class EtcdClient implements AutoCloseable {

  private final RegistryHttp http;
  private final String user;
  private final String password;

  /** Empty while there is none. */
  private volatile String token = "";

  EtcdClient(SourceSettings settings) {
    http = HttpKeys.client(settings, EtcdKeys.LOCAL, this::headers);
    user = settings.value(EtcdKeys.USER);
    password = settings.value(EtcdKeys.PASSWORD);
  }

  private Map<String, String> headers() {
    String known = token;
    return known.isEmpty() ? Map.of() : Map.of("Authorization", known);
  }

  /**
   * Calls a method.
   *
   * @param path like {@code /v3/kv/range}, its segments
   */
  Json call(Map<String, ?> message, String... path) throws IOException, InterruptedException {
    Ask ask = Ask.send("POST", JsonText.of(message), path);
    return authenticated(() -> http.ask(ask).json());
  }

  /** Calls a method that answers for as long as one listens. */
  JsonStream stream(Map<String, ?> message, String... path)
      throws IOException, InterruptedException {
    Ask ask = Ask.send("POST", JsonText.of(message), path);
    return authenticated(() -> http.open(ask));
  }

  /** The next call will have another token. */
  void forgetToken() {
    token = "";
  }

  private interface Work<T> {
    T run() throws IOException, InterruptedException;
  }

  private <T> T authenticated(Work<T> work) throws IOException, InterruptedException {
    if (user.isEmpty()) {
      return work.run();
    }
    if (token.isEmpty()) {
      authenticate();
      return work.run();
    }
    try {
      return work.run();
    } catch (RefusedException e) {
      if (!isOfToken(e)) {
        throw e;
      }
      forgetToken();
      authenticate();
      return work.run();
    }
  }

  /** It has expired, or users have changed since it was given. */
  private static boolean isOfToken(RefusedException e) {
    String message = String.valueOf(e.getMessage());
    return e.status() == 401 || message.contains("auth store is old");
  }

  private void authenticate() throws IOException, InterruptedException {
    Answer answer =
        http.ask(
            Ask.send(
                "POST",
                JsonText.of(Map.of("name", user, "password", password)),
                "v3",
                "auth",
                "authenticate"));
    String given = answer.json().get("token").text();
    if (given.isEmpty()) {
      throw answer.because("it gives no token to the user");
    }
    token = given;
  }

  @Override
  public void close() {
    http.close();
  }
}
