package dev.inmesh.discovery.http;

import dev.inmesh.discovery.json.Json;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.SSLException;
import okhttp3.Headers;
import org.jspecify.annotations.Nullable;

/** What went wrong at one address, in a few words, and with nothing of the credentials in them. */
final class Failures {

  private static final int LONGEST = 200;
  private static final int LONGEST_PLACE = 100;

  private final String address;
  private final List<String> secrets;

  /**
   * @param secrets values of headers; {@code Bearer x} hides {@code x}
   */
  Failures(String address, Collection<String> secrets) {
    this.address = address;
    this.secrets =
        secrets.stream()
            .map(value -> value.substring(value.lastIndexOf(' ') + 1))
            .filter(value -> !value.isEmpty())
            .toList();
  }

  /** A failure on the way. */
  IOException of(IOException e, boolean connected, long timeoutMillis, long connectMillis) {
    if (e instanceof RefusedException) {
      return e;
    }
    if (e instanceof TooLongException) {
      return because(String.valueOf(e.getMessage()), e);
    }
    if (e instanceof InterruptedIOException) {
      return because(
          connected
              ? "no whole answer within " + timeoutMillis + " ms"
              : "no connection within " + connectMillis + " ms",
          e);
    }
    if (e instanceof UnknownHostException) {
      return because("its name is not known", e);
    }
    if (e instanceof NoRouteToHostException) {
      return because("no route to it", e);
    }
    String message = e.getMessage() == null ? "" : e.getMessage();
    if (e instanceof ConnectException) {
      boolean refused = message.toLowerCase(Locale.ROOT).contains("refused") || causedByRefusal(e);
      return because(refused ? "connection refused" : "no connection", e);
    }
    if (e instanceof SSLException) {
      return because("TLS: " + (message.isEmpty() ? e.getClass().getSimpleName() : message), e);
    }
    if (e.getClass() == IOException.class && message.startsWith("unexpected end of stream")) {
      return because("connection lost", e);
    }
    return because(message.isEmpty() ? e.getClass().getSimpleName() : message, e);
  }

  private static boolean causedByRefusal(Throwable e) {
    Throwable cause = e.getCause();
    return cause != null
        && String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT).contains("refused");
  }

  /** An answer that is a refusal. */
  RefusedException status(int status, Headers headers, byte[] body) {
    String said = said(body);
    if (status >= 300 && status < 400) {
      said = "a redirect, which is not followed, to " + place(headers.get("Location"));
    }
    String words = said.isEmpty() ? "status " + status : "status " + status + ": " + said;
    return new RefusedException(address + ": " + shown(words), status, retryAfter(headers));
  }

  /** Where a redirect leads, and no more: what comes behind it may be a token, or a user's word. */
  private static String place(@Nullable String location) {
    if (location == null) {
      return "nowhere";
    }
    String place = location.replaceFirst("[?#].*", "").replaceFirst("//[^/]*@", "//");
    return place.length() <= LONGEST_PLACE ? place : place.substring(0, LONGEST_PLACE) + "...";
  }

  /** In seconds; a date, the other way to write it, isn't taken. */
  private static Duration retryAfter(Headers headers) {
    String seconds = String.valueOf(headers.get("Retry-After")).strip();
    return Duration.ofSeconds(seconds.matches("[0-9]{1,9}") ? Long.parseLong(seconds) : 0);
  }

  /** What an error's body says: its message where it is JSON, else its first line of text. */
  private static String said(byte[] body) {
    String text = new String(body, 0, Math.min(body.length, 4 * LONGEST), StandardCharsets.UTF_8);
    try {
      Json json = Json.parse(body);
      for (String field : new String[] {"message", "error"}) {
        String message = json.get(field).text();
        if (!message.isEmpty()) {
          return message;
        }
      }
      text = json.text();
    } catch (IOException notJson) {
      // Then it is text, or a page.
    }
    String line = text.strip().lines().findFirst().orElse("");
    return line.startsWith("<") ? "" : line;
  }

  IOException because(String words, @Nullable Exception cause) {
    return new IOException(address + ": " + shown(words), masked(cause));
  }

  /** A cause is of no use to whoever reads a list's state, and may say what it should not. */
  private @Nullable Exception masked(@Nullable Exception cause) {
    String text = String.valueOf(cause);
    return secrets.stream().anyMatch(text::contains) ? null : cause;
  }

  private String shown(String words) {
    String safe = words;
    for (String secret : secrets) {
      safe = safe.replace(secret, "***");
    }
    safe = safe.replaceAll("\\p{Cntrl}+", " ").strip();
    return safe.length() <= LONGEST ? safe : safe.substring(0, LONGEST) + "...";
  }
}
