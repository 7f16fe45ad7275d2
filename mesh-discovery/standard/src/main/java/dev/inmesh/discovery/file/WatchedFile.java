package dev.inmesh.discovery.file;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A file that others write while it is read. Not safe for concurrent use. */
final class WatchedFile {

  /** A list may be this long, in bytes. */
  private static final int LONGEST = 64 << 20;

  /** What is written within this time of a look may have begun before it. */
  private static final long SETTLE_MILLIS = 30;

  /** So often a file is read again after a change, since its time may not tell two writes apart. */
  private static final int READS_AFTER_CHANGE = 15;

  /** Half a second in all. */
  private static final int MOST_TRIES = 16;

  private static final byte[] UNCHANGED = {};

  private final Path path;
  private @Nullable Stamp stamp;
  private byte[] last = UNCHANGED;
  private int readsLeft;

  /** What tells that a file is another one, or was written anew. */
  private record Stamp(@Nullable Object key, FileTime modified, long size) {}

  WatchedFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /**
   * The file's bytes, if they differ from those that were read last; none if they don't.
   *
   * @throws IOException as {@link #read}
   */
  byte[] readChanged() throws IOException, InterruptedException {
    Stamp now = stamp();
    if (!now.equals(stamp)) {
      readsLeft = READS_AFTER_CHANGE;
    } else if (readsLeft == 0) {
      return UNCHANGED;
    } else {
      readsLeft--;
    }
    byte[] before = last;
    byte[] content = read();
    return Arrays.equals(content, before) ? UNCHANGED : content;
  }

  /**
   * The file's bytes, read twice through one handle: a file that is written in place meanwhile
   * differs and is read again, while one that is replaced by a rename meanwhile is still whole.
   *
   * @throws IOException when it can't be read, is empty or doesn't come to rest; in a few words
   */
  byte[] read() throws IOException, InterruptedException {
    for (int tries = 1; ; tries++) {
      // Before the content, so that what changes in between is seen at the next look.
      stamp = stamp();
      try (FileChannel file = FileChannel.open(path, StandardOpenOption.READ)) {
        byte[] content = content(file);
        Thread.sleep(SETTLE_MILLIS);
        boolean rests = Arrays.equals(content, content(file));
        if (rests && content.length > 0) {
          last = content;
          return content;
        }
        if (tries == MOST_TRIES) {
          throw refused(
              rests
                  ? "is empty; for a list without servers write a comment, or [] as JSON"
                  : "is being written all the time; write another file and rename it",
              null);
        }
      } catch (NoSuchFileException | AccessDeniedException e) {
        throw refused(e instanceof NoSuchFileException ? "is not there" : "may not be read", e);
      }
    }
  }

  private byte[] content(FileChannel file) throws IOException {
    long size = file.size();
    if (size > LONGEST) {
      throw refused("is longer than " + (LONGEST >> 20) + " MB", null);
    }
    ByteBuffer buffer = ByteBuffer.allocate((int) size);
    for (int read = 0; read >= 0 && buffer.hasRemaining(); ) {
      read = file.read(buffer, buffer.position());
    }
    return Arrays.copyOf(buffer.array(), buffer.position());
  }

  private Stamp stamp() throws IOException {
    try {
      BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
      return new Stamp(now.fileKey(), now.lastModifiedTime(), now.size());
    } catch (NoSuchFileException e) {
      throw refused("is not there", e);
    }
  }

  private IOException refused(String why, @Nullable Exception cause) {
    return new IOException(path + " " + why, cause);
  }
}
