package dev.inmesh.discovery.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** JSON values of a stream, each as soon as it is whole. Not safe for concurrent use. */
public final class JsonValues {

  private final InputStream in;
  private @Nullable JsonParser parser;

  /** Reads nothing yet. */
  public JsonValues(InputStream in) {
    this.in = in;
  }

  /**
   * The next value; empty at the end.
   *
   * @throws IOException if it isn't whole, or not JSON; the message tells nothing of the content
   */
  public Optional<Json> next() throws IOException {
    try {
      JsonParser values = parser;
      if (values == null) {
        // It waits for the first bytes, to see how they are encoded.
        values = Json.PARSERS.createParser(in);
        parser = values;
      }
      return values.nextToken() == null ? Optional.empty() : Optional.of(Json.value(values));
    } catch (JacksonException e) {
      throw Json.notJson(e);
    }
  }
}
