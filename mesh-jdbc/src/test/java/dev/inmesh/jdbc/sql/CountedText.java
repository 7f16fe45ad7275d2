package dev.inmesh.jdbc.sql;

/** A text that counts how often one of its characters is looked at. */
final class CountedText implements CharSequence {

  private final String text;
  private long looks;

  CountedText(String text) {
    this.text = text;
  }

  /** How many looks there were, copying included. */
  long looks() {
    return looks;
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public char charAt(int index) {
    looks++;
    return text.charAt(index);
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    looks += end - start;
    return text.subSequence(start, end);
  }

  @Override
  public String toString() {
    looks += text.length();
    return text;
  }
}
