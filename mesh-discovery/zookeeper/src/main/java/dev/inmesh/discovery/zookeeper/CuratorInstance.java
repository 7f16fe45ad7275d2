package dev.inmesh.discovery.zookeeper;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.inmesh.server.ServerEntry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@code ServiceInstance} of Curator's service discovery as JSON, without its library, which
 * would bring jackson-databind and turns the payload into classes that it names.
 *
 * <pre>{@code
 * {"name": "inventory", "id": "...", "address": "10.0.0.3", "port": 5000, "sslPort": null,
 *  "payload": {"weight": 5, "zone": "a"}, "enabled": true, ...}
 * }</pre>
 */
final class CuratorInstance {

  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  /** What a payload may say of a server; all else in it is the service's own. */
  private static final Set<String> ATTRIBUTES =
      Set.of(
          "weight",
          "max_conns",
          "max_fails",
          "fail_timeout",
          "backup",
          "down",
          "drain",
          "zone",
          "region");

  /** Where Spring Cloud says in its metadata that an instance is to be left alone. */
  private static final String SPRING_STATUS = "instance_status";

  private static final String SPRING_OUT = "OUT_OF_SERVICE";

  private String address = "";
  private String port = "";
  private String sslPort = "";
  private boolean enabled = true;
  private final Map<String, String> attributes = new LinkedHashMap<>();

  private CuratorInstance() {}

  /**
   * The entry that an instance stands for.
   *
   * @throws IOException if it isn't JSON, or has no address
   */
  static ServerEntry read(byte[] data) throws IOException {
    CuratorInstance instance = new CuratorInstance();
    try (JsonParser parser = JSON.createParser(data)) {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new IOException("no JSON object");
      }
      instance.read(parser);
      if (parser.nextToken() != null) {
        throw new IOException("more than a JSON object");
      }
    } catch (JacksonException e) {
      throw new IOException("not JSON", e);
    }
    return instance.entry();
  }

  private void read(JsonParser parser) throws IOException {
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      JsonToken token = parser.nextToken();
      switch (field) {
        case "address" -> address = text(parser, token);
        case "port" -> port = text(parser, token);
        case "sslPort" -> sslPort = text(parser, token);
        case "enabled" -> enabled = token != JsonToken.VALUE_FALSE;
        case "payload" -> payload(parser, token);
        default -> parser.skipChildren();
      }
    }
  }

  private static String text(JsonParser parser, JsonToken token) throws IOException {
    parser.skipChildren();
    return token.isScalarValue() && token != JsonToken.VALUE_NULL ? parser.getText() : "";
  }

  /** An object, or what Spring Cloud makes of one: with another in it, its metadata. */
  private void payload(JsonParser parser, JsonToken token) throws IOException {
    if (token != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String field = parser.currentName();
      JsonToken value = parser.nextToken();
      if (field.equals("metadata")) {
        payload(parser, value);
      } else if (field.equals(SPRING_STATUS) && text(parser, value).equals(SPRING_OUT)) {
        attributes.put("drain", "true");
      } else if (ATTRIBUTES.contains(field) && value.isScalarValue()) {
        attributes.put(field, text(parser, value));
      } else {
        parser.skipChildren();
      }
    }
  }

  private ServerEntry entry() throws IOException {
    if (address.isEmpty()) {
      throw new IOException("no address");
    }
    String shown = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
    ServerEntry entry = new ServerEntry(List.of(shown + ":" + (port.isEmpty() ? sslPort : port)));
    if (!enabled) {
      attributes.put("drain", "true");
    }
    for (Map.Entry<String, String> attribute : attributes.entrySet()) {
      String value = attribute.getValue();
      if (value.equals("true")) {
        entry = entry.with(attribute.getKey());
      } else if (!value.equals("false") && !value.isEmpty()) {
        entry = entry.with(attribute.getKey(), value);
      }
    }
    return entry;
  }

  /** An instance that stands for an entry. */
  static byte[] write(String service, ServerEntry entry) {
    String address = entry.address();
    int colon = address.lastIndexOf(':');
    String host = address.substring(0, colon);
    Map<String, @Nullable String> payload = new HashMap<>();
    for (String word : entry.words().subList(1, entry.words().size())) {
      int equals = word.indexOf('=');
      payload.put(
          equals < 0 ? word : word.substring(0, equals),
          equals < 0 ? null : word.substring(equals + 1));
    }
    boolean enabled = !payload.containsKey("drain");
    payload.remove("drain");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("name", service);
      json.writeStringField("id", address);
      json.writeStringField(
          "address", host.startsWith("[") ? host.substring(1, host.length() - 1) : host);
      json.writeNumberField("port", Integer.parseInt(address.substring(colon + 1)));
      json.writeNullField("sslPort");
      if (payload.isEmpty()) {
        json.writeNullField("payload");
      } else {
        write(payload, json);
      }
      json.writeStringField("serviceType", "DYNAMIC");
      json.writeNullField("uriSpec");
      json.writeBooleanField("enabled", enabled);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // Into memory: it doesn't happen.
    }
    return bytes.toByteArray();
  }

  private static void write(Map<String, @Nullable String> payload, JsonGenerator json)
      throws IOException {
    json.writeObjectFieldStart("payload");
    for (Map.Entry<String, @Nullable String> attribute : payload.entrySet()) {
      String value = attribute.getValue();
      if (value == null) {
        json.writeBooleanField(attribute.getKey(), true);
      } else {
        json.writeStringField(attribute.getKey(), value);
      }
    }
    json.writeEndObject();
  }
}
