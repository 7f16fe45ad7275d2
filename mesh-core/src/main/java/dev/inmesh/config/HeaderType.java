package dev.inmesh.config;

import java.util.Locale;

/** The name of an HTTP header; becomes lower case. */
record HeaderType() implements ValueType<String> {

  private static final TextType TOKEN =
      TextType.of("header", "[A-Za-z0-9!#$%&'+.^_`|~-]{1,127}", "a name like Accept-Language");

  @Override
  public String parse(String text) throws Refused {
    return TOKEN.parse(text).toLowerCase(Locale.ROOT);
  }

  @Override
  public String syntax() {
    return TOKEN.syntax();
  }
}
