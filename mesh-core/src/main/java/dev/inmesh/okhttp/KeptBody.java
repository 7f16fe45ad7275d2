package dev.inmesh.okhttp;

import dev.inmesh.http.MeshHeaders;
import dev.inmesh.http.StaleAnswers;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Response;
import okio.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A copy of an answer's body, made while the caller reads it and kept for bad times when it has
 * been read to its end. Used by one thread at a time.
 */
final class KeptBody {

  private final StaleAnswers.Place place;
  private final Response response;
  private final Buffer copy = new Buffer();
  private boolean tooLarge;

  KeptBody(StaleAnswers.Place place, Response response) {
    this.place = place;
    this.response = response;
  }

  /** The last bytes of the buffer were read. */
  void add(Buffer buffer, long bytes) {
    if (tooLarge) {
      return;
    }
    if (copy.size() + bytes > place.maxBodyBytes()) {
      tooLarge = true;
      copy.clear();
      return;
    }
    buffer.copyTo(copy, buffer.size() - bytes, bytes);
  }

  /** The body was read to its end. */
  void complete(long now) {
    if (tooLarge) {
      return;
    }
    List<String> headers = new ArrayList<>();
    response
        .headers()
        .forEach(
            header -> {
              String name = header.getFirst();
              if (!name.equalsIgnoreCase(MeshHeaders.SOURCE)
                  && !name.equalsIgnoreCase(MeshHeaders.SERVER)) {
                headers.add(name);
                headers.add(header.getSecond());
              }
            });
    place.keep(
        new StaleAnswers.Kept(response.code(), List.copyOf(headers), copy.readByteArray(), now));
  }

  /** The values of a header, joined by commas; null when it is missing. */
  static @Nullable String header(Response response, String name) {
    List<String> values = response.headers(name);
    return values.isEmpty() ? null : String.join(",", values);
  }
}
