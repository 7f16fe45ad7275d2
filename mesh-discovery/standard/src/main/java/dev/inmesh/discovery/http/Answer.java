package dev.inmesh.discovery.http;

import dev.inmesh.discovery.json.Json;
import java.io.IOException;
import java.util.Optional;
import java.util.OptionalLong;
import okhttp3.Headers;

/** What a registry answered, other than that it failed. */
public final class Answer {

  private final int status;
  private final Headers headers;
  private final byte[] body;
  private final Failures failures;

  Answer(int status, Headers headers, byte[] body, Failures failures) {
    this.status = status;
    this.headers = headers;
    this.body = body;
    this.failures = failures;
  }

  /** Its status, below 500. */
  public int status() {
    return status;
  }

  /** A header; empty where there is none. */
  public String header(String name) {
    return Optional.ofNullable(headers.get(name)).map(String::strip).orElse("");
  }

  /** A header that is a whole number, of which nothing else is taken. */
  public OptionalLong number(String name) {
    String text = header(name);
    return text.matches("-?[0-9]{1,18}")
        ? OptionalLong.of(Long.parseLong(text))
        : OptionalLong.empty();
  }

  /**
   * The JSON of an answer with status 200.
   *
   * @throws IOException if it has another status, or isn't JSON
   */
  public Json json() throws IOException {
    if (status != 200) {
      throw refusal();
    }
    try {
      return Json.parse(body);
    } catch (IOException e) {
      throw failures.because(e.getMessage() == null ? "not JSON" : e.getMessage(), e);
    }
  }

  /** The body of it, whatever its status, as JSON; nothing where it is none. */
  public Json jsonOrNothing() {
    try {
      return Json.parse(body);
    } catch (IOException e) {
      return Json.nothing();
    }
  }

  /** What is wrong with it, in the words of a failure at this address. */
  public IOException because(String words) {
    return failures.because(words, null);
  }

  /** What it says other than what was asked for, in a few words. */
  public RefusedException refusal() {
    return failures.status(status, headers, body);
  }
}
