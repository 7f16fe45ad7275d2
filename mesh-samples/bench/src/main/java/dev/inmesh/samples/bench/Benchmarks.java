package dev.inmesh.samples.bench;

import java.io.IOException;
import java.util.stream.Stream;

/** Runs the JMH benchmarks, with the bytes that each operation allocates. */
public final class Benchmarks {

  private Benchmarks() {}

  /**
   * JMH's own command line.
   *
   * @param args as of {@code org.openjdk.jmh.Main}; {@code -prof gc} is added
   */
  public static void main(String[] args) throws IOException {
    org.openjdk.jmh.Main.main(
        Stream.concat(Stream.of("-prof", "gc"), Stream.of(args)).toArray(String[]::new));
  }
}
