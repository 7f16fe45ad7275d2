package dev.inmesh.jdkhttp;

import dev.inmesh.http.MeshHeaders;
import dev.inmesh.http.StaleAnswers;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A copy of an answer's body, made while the caller reads it and kept for bad times when it has
 * been read to its end. Used by one thread at a time.
 */
final class KeptBytes {

  private final StaleAnswers.Place place;
  private final AnswerHead head;
  private final ByteArrayOutputStream copy = new ByteArrayOutputStream();
  private boolean tooLarge;

  KeptBytes(StaleAnswers.Place place, AnswerHead head) {
    this.place = place;
    this.head = head;
  }

  void add(List<ByteBuffer> buffers) {
    for (ByteBuffer buffer : buffers) {
      if (tooLarge) {
        return;
      }
      if (copy.size() + (long) buffer.remaining() > place.maxBodyBytes()) {
        tooLarge = true;
        copy.reset();
        return;
      }
      byte[] bytes = new byte[buffer.remaining()];
      buffer.duplicate().get(bytes); // The reader's position stays.
      copy.write(bytes, 0, bytes.length);
    }
  }

  /** The body was read to its end. */
  void complete() {
    if (tooLarge) {
      return;
    }
    List<String> headers = new ArrayList<>();
    head.headers()
        .map()
        .forEach(
            (name, values) -> {
              if (!name.equalsIgnoreCase(MeshHeaders.SOURCE)
                  && !name.equalsIgnoreCase(MeshHeaders.SERVER)
                  && !name.startsWith(":")) {
                values.forEach(value -> headers.addAll(List.of(name, value)));
              }
            });
    place.keep(
        new StaleAnswers.Kept(
            head.statusCode(), List.copyOf(headers), copy.toByteArray(), System.nanoTime()));
  }
}
