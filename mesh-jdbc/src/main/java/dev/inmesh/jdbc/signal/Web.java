package dev.inmesh.jdbc.signal;

import dev.inmesh.config.Redaction;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import okhttp3.Call;
import okhttp3.ConnectionPool;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Reads what a URL answers, in two seconds and so many bytes at most; redirects aren't followed.
 */
final class Web implements AutoCloseable {

  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final String key;
  private final String url;
  private final ConnectionPool pool = new ConnectionPool();
  private final OkHttpClient client =
      new OkHttpClient.Builder()
          .connectionPool(pool)
          .followRedirects(false)
          .followSslRedirects(false)
          .proxy(Proxy.NO_PROXY)
          .callTimeout(LONGEST)
          .build();

  /**
   * @param key that holds the URL, for messages
   */
  Web(String key, String url) {
    this.key = key;
    this.url = url;
  }

  /** The text that it answers with. */
  String text(int mostBytes) throws AbsentException {
    try {
      Call call = client.newCall(new Request.Builder().url(url).build());
      try (Response response = call.execute()) {
        return body(response, mostBytes);
      }
    } catch (IOException | IllegalArgumentException e) {
      throw new AbsentException(key + ": " + Redaction.redact(words(e)));
    }
  }

  private static String words(Exception e) {
    return String.valueOf(e.getMessage()).equals("timeout")
        ? "no answer within " + LONGEST.toSeconds() + " s"
        : e.toString();
  }

  private String body(Response response, int mostBytes) throws IOException, AbsentException {
    if (response.isRedirect()) {
      throw new AbsentException(
          key + " is redirected (" + response.code() + "), which isn't followed; name its target");
    }
    if (response.code() != 200) {
      throw new AbsentException(key + " answers with status " + response.code());
    }
    try (InputStream in = response.body().byteStream()) {
      byte[] bytes = in.readNBytes(mostBytes + 1);
      if (bytes.length > mostBytes) {
        throw new AbsentException(key + " answers with more than " + mostBytes + " bytes");
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  @Override
  public void close() {
    pool.evictAll();
  }
}
