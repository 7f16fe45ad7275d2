package dev.inmesh.discovery.etcd;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All keys that begin alike, as etcd writes them.
 *
 * @param key the first one, in base 64
 * @param end what comes behind the last one, in base 64
 */
record KeyRange(String key, String end) {

  static KeyRange of(String prefix) {
    byte[] first = prefix.getBytes(StandardCharsets.UTF_8);
    byte[] behind = first.clone();
    // It ends with a slash, which has a successor.
    behind[behind.length - 1]++;
    return new KeyRange(base64(first), base64(behind));
  }

  static String base64(byte[] bytes) {
    return Base64.getEncoder().encodeToString(bytes);
  }

  Map<String, Object> message() {
    Map<String, Object> message = new LinkedHashMap<>();
    message.put("key", key);
    message.put("range_end", end);
    return message;
  }
}
