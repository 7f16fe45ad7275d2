package dev.inmesh.config;

/** A whole number. */
record CountType(int min, int max) implements ValueType<Integer> {

  @Override
  public Integer parse(String written) throws Refused {
    String text = written.strip();
    if (!Numeral.isWhole(text)) {
      throw Numeral.refusal(text, "a whole number; write one like " + Math.max(min, 1), range());
    }
    long count = Numeral.parse(text);
    if (count < min || count > max) {
      throw Refused.outOfRange(text, range());
    }
    return (int) count;
  }

  @Override
  public String syntax() {
    return "count";
  }

  @Override
  public String range() {
    return min + " to " + max;
  }
}
