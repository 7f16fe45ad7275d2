package dev.inmesh.jdkhttp;

import java.io.IOException;
import java.net.CookieHandler;
import java.net.URI;
import java.net.http.HttpHeaders;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The user's cookie handler, which the mesh asks itself: a cookie belongs to the URL as called and
 * goes to every server of the upstream.
 */
final class Cookies {

  private Cookies() {}

  /** The values of the Cookie header that the handler adds. */
  static List<String> of(CookieHandler handler, URI uri, HttpHeaders request) throws IOException {
    List<String> cookies = new ArrayList<>();
    for (Map.Entry<String, List<String>> header : handler.get(uri, request.map()).entrySet()) {
      if (header.getKey().equalsIgnoreCase("Cookie")) {
        cookies.addAll(header.getValue());
      }
    }
    return cookies;
  }

  /** Gives it the cookies of an answer. */
  static void keep(CookieHandler handler, URI uri, HttpHeaders answer) throws IOException {
    handler.put(uri, answer.map());
  }
}
