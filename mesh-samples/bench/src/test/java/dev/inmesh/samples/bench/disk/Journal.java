package dev.inmesh.samples.bench.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** All statements of a service, each as it ended. For many threads. */
final class Journal {

  /** How a statement ended. */
  enum End {
    DONE,
    REFUSED,
    FAILED
  }

  /**
   * One of them.
   *
   * @param startMicros since the begin of the variant, when it was to start
   * @param tookMicros from then until it ended
   */
  record Entry(Kind kind, End end, long startMicros, long tookMicros) {

    long endMicros() {
      return startMicros + tookMicros;
    }

    private static Entry parse(String line) {
      String[] words = line.split(" ", -1);
      return new Entry(
          Kind.valueOf(words[0]),
          End.valueOf(words[1]),
          Long.parseLong(words[2]),
          Long.parseLong(words[3]));
    }

    private String line() {
      return kind.name() + " " + end + " " + startMicros + " " + tookMicros;
    }
  }

  private final List<Entry> entries = new ArrayList<>();

  synchronized void add(Kind kind, End end, long startMicros, long tookMicros) {
    entries.add(new Entry(kind, end, startMicros, tookMicros));
  }

  synchronized void write(Path file) throws IOException {
    Files.write(file, entries.stream().map(Entry::line).toList());
  }

  static List<Entry> read(Path file) throws IOException {
    try (Stream<String> lines = Files.lines(file)) {
      return lines.map(Entry::parse).toList();
    }
  }
}
