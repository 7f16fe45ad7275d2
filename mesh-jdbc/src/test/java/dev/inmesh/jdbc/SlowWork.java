package dev.inmesh.jdbc;

/** What H2 calls for a statement that takes as long as a test says. */
public final class SlowWork {

  private static volatile int millis;

  private SlowWork() {}

  static void millis(int each) {
    millis = each;
  }

  /** Called by the database. */
  public static int work() throws InterruptedException {
    Thread.sleep(millis);
    return 1;
  }
}
