package dev.inmesh.chaos;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A request or an answer of HTTP/1.1, as bytes.
 *
 * @param head with the empty line at its end
 */
@SuppressWarnings("ArrayRecordComponent") // Nobody compares them, and they are not changed.
record Message(byte[] head, byte[] body) {

  /** Of a head; no client takes more. */
  private static final int MOST_BYTES = 256 << 10;

  /** The next one; null when the other side has closed. */
  static @Nullable Message read(InputStream in) throws IOException {
    ByteArrayOutputStream head = new ByteArrayOutputStream();
    int line = 0;
    while (true) {
      int c = in.read();
      if (c < 0) {
        if (head.size() == 0) {
          return null;
        }
        throw new EOFException("in the head");
      }
      head.write(c);
      if (head.size() > MOST_BYTES) {
        throw new IOException("the head is too large");
      }
      if (c == '\n') {
        if (line == 0) {
          break;
        }
        line = 0;
      } else if (c != '\r') {
        line++;
      }
    }
    byte[] bytes = head.toByteArray();
    int length = length(new String(bytes, StandardCharsets.ISO_8859_1));
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("in the body");
    }
    return new Message(bytes, body);
  }

  private static int length(String head) {
    String name = "\r\ncontent-length:";
    int at = head.toLowerCase(Locale.ROOT).indexOf(name);
    return at < 0
        ? 0
        : Integer.parseInt(
            head.substring(at + name.length(), head.indexOf('\r', at + name.length())).strip());
  }

  static Message answer(int status, String headerLines, String body) {
    String head =
        "HTTP/1.1 %d Words\r\n%sContent-Length: %d\r\n\r\n"
            .formatted(status, headerLines, body.length());
    return new Message(
        head.getBytes(StandardCharsets.ISO_8859_1), body.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** With another length than it has. */
  Message withLength(int length) {
    String other = text().replaceFirst("(?i)content-length: *[0-9]+", "Content-Length: " + length);
    return new Message(other.getBytes(StandardCharsets.ISO_8859_1), body);
  }

  void writeTo(OutputStream out) throws IOException {
    byte[] all = new byte[head.length + body.length];
    System.arraycopy(head, 0, all, 0, head.length);
    System.arraycopy(body, 0, all, head.length, body.length);
    out.write(all);
    out.flush();
  }

  /** The head as text. */
  String text() {
    return new String(head, StandardCharsets.ISO_8859_1);
  }

  String method() {
    return text().substring(0, text().indexOf(' '));
  }

  /** A part of the path: of {@code /c/17/300} the first is c, the second 17. */
  String part(int number) {
    String[] words = text().split(" ", 3);
    String[] parts = words[1].split("/", -1);
    return parts.length > number ? parts[number] : "";
  }

  /** The id of the call, which is the second part of its path. */
  long id() {
    return Long.parseLong(part(2));
  }
}
