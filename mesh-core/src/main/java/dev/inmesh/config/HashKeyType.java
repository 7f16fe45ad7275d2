package dev.inmesh.config;

/** {@code path}, {@code header:X} or {@code query:x}. */
record HashKeyType() implements ValueType<HashKey> {

  private static final String HEADER = "header:";
  private static final TextType QUERY =
      TextType.of("hash key", "query:[!-~&&[^&=#?]]{1,127}", "path, header:X or query:x");

  @Override
  public HashKey parse(String written) throws Refused {
    String text = written.strip();
    if (text.equals("path")) {
      return new HashKey(HashKey.Kind.PATH, "");
    }
    if (text.startsWith(HEADER)) {
      return new HashKey(
          HashKey.Kind.HEADER, new HeaderType().parse(text.substring(HEADER.length())));
    }
    String query = QUERY.parse(text);
    return new HashKey(HashKey.Kind.QUERY, query.substring(query.indexOf(':') + 1));
  }

  @Override
  public String syntax() {
    return "path | header:X | query:x";
  }
}
