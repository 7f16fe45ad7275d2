package dev.inmesh.jdbc.signal;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The number that a user's file holds. */
final class OwnFile implements Source {

  private static final int MOST_BYTES = 1024;

  private final String key;
  private final Path file;

  OwnFile(String key, Path file) {
    this.key = key;
    this.file = file;
  }

  @Override
  public String what() {
    return key;
  }

  @Override
  public List<Measure> read(long nanos) throws AbsentException {
    if (!Files.exists(file)) {
      throw new AbsentException(key + ": there is no file " + file);
    }
    // Whoever opens a pipe waits for somebody to write.
    if (!Files.isRegularFile(file)) {
      throw new AbsentException(key + ": " + file + " is no regular file");
    }
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MOST_BYTES + 1);
    } catch (IOException e) {
      throw AbsentException.because(key, e);
    }
    if (bytes.length > MOST_BYTES) {
      throw new AbsentException(key + " holds more than " + MOST_BYTES + " bytes" + Figure.MEND);
    }
    return Figure.measure(key, new String(bytes, StandardCharsets.UTF_8));
  }
}
