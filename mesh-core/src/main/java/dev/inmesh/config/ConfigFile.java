package dev.inmesh.config;

import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The content of the file of keys.
 *
 * @param settings in the order of their keys
 * @param duplicates keys that are in the file more than once
 */
record ConfigFile(List<Setting> settings, Set<String> duplicates) {

  /** The file may be this long, in bytes. */
  static final int LONGEST = 16 << 20;

  static ConfigFile parse(byte[] content, String path, String source) throws Refused {
    Lines lines = new Lines();
    try {
      lines.load(new StringReader(text(content)));
    } catch (IOException | IllegalArgumentException e) {
      String reason = e instanceof CharacterCodingException ? "it is not UTF-8" : e.getMessage();
      throw new Refused(
          ProblemCode.UNREADABLE_FILE,
          Echo.quoted(path) + " can't be read: " + reason + "; mend the file");
    }
    List<Setting> settings = new ArrayList<>();
    for (String key : new TreeSet<>(lines.stringPropertyNames())) {
      settings.add(new Setting(key, lines.getProperty(key, ""), source));
    }
    return new ConfigFile(List.copyOf(settings), lines.duplicates);
  }

  private static String text(byte[] content) throws CharacterCodingException {
    String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
    return text.startsWith("\uFEFF") ? text.substring(1) : text;
  }

  /** Properties that notice what the class itself passes over: a key that comes twice. */
  private static final class Lines extends Properties {

    private final transient Set<String> duplicates = new TreeSet<>();

    @Override
    public synchronized @Nullable Object put(Object key, Object value) {
      @Nullable Object before = super.put(key, value);
      if (before != null) {
        duplicates.add(key.toString());
      }
      return before;
    }
  }
}
