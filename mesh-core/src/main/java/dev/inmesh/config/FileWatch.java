package dev.inmesh.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Map;
import java.util.TreeMap;

/** The files of one loading: reads each once and tells later whether one has changed. */
final class FileWatch {

  /** Up to this length contents are compared, since times may not tell two writes apart. */
  private static final int COMPARED = 1 << 18;

  private final Map<String, Stamp> stamps = new TreeMap<>();

  /**
   * What a file was.
   *
   * @param content up to the limit of the reading; empty when it could not be read
   * @param error why it could not be read; empty when it could
   */
  private record Stamp(int limit, long modified, long size, ByteBuffer content, String error) {

    static Stamp of(String path, int limit) {
      try {
        Path file = Path.of(path);
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        if (!attributes.isRegularFile()) {
          return failed(limit, "it is not a file");
        }
        if (attributes.size() > limit) {
          return failed(limit, "it is longer than " + limit + " bytes");
        }
        try (InputStream in = Files.newInputStream(file)) {
          byte[] content = in.readNBytes(limit);
          long modified = attributes.lastModifiedTime().toMillis();
          return new Stamp(limit, modified, attributes.size(), ByteBuffer.wrap(content), "");
        }
      } catch (IOException | InvalidPathException | SecurityException e) {
        return failed(limit, reason(e));
      }
    }

    private static Stamp failed(int limit, String error) {
      return new Stamp(limit, 0, 0, ByteBuffer.allocate(0), error);
    }

    private static String reason(Exception e) {
      return e instanceof NoSuchFileException
          ? "there is no such file"
          : e instanceof AccessDeniedException
              ? "this process may not read it"
              : e.getClass().getSimpleName();
    }

    /** A long file is read again only when its time or length says that it has changed. */
    boolean changed(String path) {
      return !(size > COMPARED && sameAttributes(path)) && !of(path, limit).equals(this);
    }

    private boolean sameAttributes(String path) {
      try {
        BasicFileAttributes now = Files.readAttributes(Path.of(path), BasicFileAttributes.class);
        return now.lastModifiedTime().toMillis() == modified && now.size() == size;
      } catch (IOException | SecurityException e) {
        return false;
      }
    }
  }

  /**
   * The file's bytes.
   *
   * @throws Refused when it can't be read or is longer than the limit
   */
  byte[] read(String path, int limit) throws Refused {
    Stamp stamp = stamps.computeIfAbsent(path, p -> Stamp.of(p, limit));
    if (!stamp.error().isEmpty()) {
      throw new Refused(
          ProblemCode.UNREADABLE_FILE,
          Echo.quoted(path) + " can't be read: " + stamp.error() + "; mend the path or the file");
    }
    byte[] content = new byte[stamp.content().remaining()];
    stamp.content().duplicate().get(content);
    return content;
  }

  /** Whether one of the files is no longer what it was. */
  boolean changed() {
    return stamps.entrySet().stream().anyMatch(file -> file.getValue().changed(file.getKey()));
  }

  /** Whether both have read the file and found other content in it. */
  boolean differs(FileWatch other, String path) {
    Stamp mine = stamps.get(path);
    Stamp theirs = other.stamps.get(path);
    return mine != null && theirs != null && !mine.content().equals(theirs.content());
  }
}
