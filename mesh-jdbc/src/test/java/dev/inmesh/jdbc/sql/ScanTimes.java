package dev.inmesh.jdbc.sql;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/** Prints how long a text of a megabyte takes, by shape and dialect: best of 31, and the median. */
final class ScanTimes {

  private static final int ROUNDS = 31;
  private static final int LENGTH = 1_000_000;

  /** What most statements look like. */
  private static final String SHORT =
      "SELECT o.id, o.total, lower(c.name) FROM orders o JOIN customers c ON c.id = o.customer_id"
          + " WHERE o.customer_id = ? AND o.state IN (?, ?) ORDER BY o.created_at DESC LIMIT 20";

  private ScanTimes() {}

  public static void main(String[] args) {
    System.out.printf("%-28s", "1 MB of");
    for (Dialect dialect : Dialect.values()) {
      System.out.printf("%19s ms", dialect);
    }
    System.out.println();
    for (Map.Entry<String, String> shape : HostileTexts.of(LENGTH).entrySet()) {
      System.out.printf("%-28s", shape.getKey());
      for (Dialect dialect : Dialect.values()) {
        System.out.printf("%22s", bestAndMedian(shape.getValue(), dialect));
      }
      System.out.println();
    }
    Statements statements = new Statements(Dialect.POSTGRESQL, Set.of());
    Functions functions = new Functions(Dialect.POSTGRESQL, Set.of());
    System.out.printf(
        "a statement of %d characters: %d ns scanned, %d ns known%n",
        SHORT.length(),
        nanosEach(() -> Scan.of(SHORT, Dialect.POSTGRESQL, functions)),
        nanosEach(() -> statements.verdict(SHORT)));
  }

  private static String bestAndMedian(String text, Dialect dialect) {
    Functions functions = new Functions(dialect, Set.of());
    double[] millis = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long from = System.nanoTime();
      Scan.of(text, dialect, functions);
      millis[i] = (System.nanoTime() - from) / 1e6;
    }
    Arrays.sort(millis);
    return "%.1f (%.1f)".formatted(millis[0], millis[ROUNDS / 2]);
  }

  private static long nanosEach(Runnable work) {
    long[] nanos = new long[ROUNDS];
    int times = 2_000;
    for (int i = 0; i < ROUNDS; i++) {
      long from = System.nanoTime();
      for (int j = 0; j < times; j++) {
        work.run();
      }
      nanos[i] = (System.nanoTime() - from) / times;
    }
    Arrays.sort(nanos);
    return nanos[0];
  }
}
