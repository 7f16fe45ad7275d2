package dev.inmesh.samples.bench.disk;

/**
 * What holds statements back.
 *
 * @param mode of the throttle
 * @param permits statements at a time of all services together; 0 for no such limit
 * @param exempt whether interactive statements need no permit; critical ones never do
 */
record Variant(String mode, int permits, boolean exempt) {

  private static final String EXEMPT = "-exempt";

  /** As it is written: {@code off}, {@code enforce}, {@code 16}, {@code 16-exempt}. */
  static Variant parse(String text) {
    if (!Character.isDigit(text.charAt(0))) {
      return new Variant(text, 0, false);
    }
    boolean exempt = text.endsWith(EXEMPT);
    String number = exempt ? text.substring(0, text.length() - EXEMPT.length()) : text;
    int permits = Integer.parseInt(number);
    if (permits == 0 || permits % Service.SERVICES != 0) {
      throw new IllegalArgumentException(
          "limit " + text + " can't be shared: " + Service.SERVICES + " services have equal parts");
    }
    return new Variant("off", permits, exempt);
  }

  boolean limits(Kind kind) {
    return permits > 0 && (kind == Kind.BATCH || (kind == Kind.INTERACTIVE && !exempt));
  }

  /** Whether it is shown from a healthy disk to a healthy disk, and not just while it is slow. */
  boolean hasStory() {
    return permits == 0;
  }

  @Override
  public String toString() {
    return permits == 0 ? mode : permits + (exempt ? EXEMPT : "");
  }
}
