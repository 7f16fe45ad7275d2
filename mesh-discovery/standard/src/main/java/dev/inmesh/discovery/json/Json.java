package dev.inmesh.discovery.json;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A JSON value. What isn't there reads as nothing, so that a registry's answer can be walked
 * through without a check at each step. Immutable.
 */
public final class Json {

  /** Strict, and bounded by the parser's defaults: 1,000 levels, strings of 20 million. */
  static final JsonFactory PARSERS =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private static final Json NOTHING = new Json(Kind.NOTHING, "", List.of(), Map.of());

  private enum Kind {
    NOTHING,
    SCALAR,
    ARRAY,
    OBJECT
  }

  private final Kind kind;
  private final String text;
  private final List<Json> elements;
  private final Map<String, Json> fields;

  private Json(Kind kind, String text, List<Json> elements, Map<String, Json> fields) {
    this.kind = kind;
    this.text = text;
    this.elements = elements;
    this.fields = fields;
  }

  /**
   * Reads one value.
   *
   * @throws IOException if that is not all there is, or not JSON; the message tells the place and
   *     not the content
   */
  public static Json parse(byte[] bytes) throws IOException {
    try (JsonParser parser = PARSERS.createParser(bytes)) {
      parser.nextToken();
      Json value = value(parser);
      if (parser.nextToken() != null) {
        throw new IOException("more than one JSON value");
      }
      return value;
    } catch (JacksonException e) {
      throw notJson(e);
    }
  }

  static IOException notJson(JacksonException e) {
    var at = e.getLocation();
    return new IOException(
        at == null
            ? "not JSON"
            : "not JSON at line " + at.getLineNr() + ", column " + at.getColumnNr(),
        e);
  }

  /** What reads as nothing at each step. */
  public static Json nothing() {
    return NOTHING;
  }

  static Json value(JsonParser parser) throws IOException {
    JsonToken token = parser.currentToken();
    if (token == null) {
      throw new IOException("not JSON: it is empty");
    }
    return switch (token) {
      case START_OBJECT -> object(parser);
      case START_ARRAY -> array(parser);
      case VALUE_NULL -> NOTHING;
      default -> new Json(Kind.SCALAR, parser.getText(), List.of(), Map.of());
    };
  }

  private static Json object(JsonParser parser) throws IOException {
    Map<String, Json> fields = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      fields.put(name, value(parser));
    }
    return new Json(Kind.OBJECT, "", List.of(), Collections.unmodifiableMap(fields));
  }

  private static Json array(JsonParser parser) throws IOException {
    List<Json> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(parser));
    }
    return new Json(Kind.ARRAY, "", Collections.unmodifiableList(elements), Map.of());
  }

  /** A field of an object; nothing where there is none. */
  public Json get(String field) {
    return fields.getOrDefault(field, NOTHING);
  }

  /** The fields of an object, in their order. */
  public Map<String, Json> fields() {
    return fields;
  }

  /** The elements of an array. */
  public List<Json> elements() {
    return elements;
  }

  /** A string, a number or a boolean as text; empty for all else. */
  public String text() {
    return text;
  }

  /** Whether it is a string, a number or a boolean. */
  public boolean isScalar() {
    return kind == Kind.SCALAR;
  }

  /** Whether it is an array. */
  public boolean isArray() {
    return kind == Kind.ARRAY;
  }

  /** Whether it is an object. */
  public boolean isObject() {
    return kind == Kind.OBJECT;
  }
}
