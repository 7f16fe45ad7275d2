package dev.inmesh.config;

import java.util.regex.Pattern;

/** A text of a certain form, kept as it is written but for blanks around it. */
record TextType(String syntax, Pattern form, String rule) implements ValueType<String> {

  static TextType of(String syntax, String form, String rule) {
    return new TextType(syntax, Pattern.compile(form), rule);
  }

  @Override
  public String parse(String written) throws Refused {
    String text = written.strip();
    if (!form.matcher(text).matches()) {
      throw Refused.malformed(Echo.quoted(text) + " is not a " + syntax + "; write " + rule);
    }
    return text;
  }
}
