package dev.inmesh.discovery.http;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream of which so much may be read and no more, until it is allowed anew. */
final class BoundedInput extends FilterInputStream {

  private final int longest;
  private long left;

  BoundedInput(InputStream in, int longest) {
    super(in);
    this.longest = longest;
    this.left = longest;
  }

  void allowAnew() {
    left = longest;
  }

  @Override
  public int read() throws IOException {
    int read = super.read();
    count(read < 0 ? 0 : 1);
    return read;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read = super.read(bytes, offset, length);
    count(read);
    return read;
  }

  private void count(int read) throws IOException {
    left -= Math.max(0, read);
    if (left < 0) {
      throw new TooLongException(longest);
    }
  }
}
