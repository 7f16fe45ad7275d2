package dev.inmesh.config;

import java.nio.charset.StandardCharsets;

/** A text that is taken as it stands, blanks included; becomes its UTF-8 bytes. */
record BodyType() implements ValueType<Body> {

  @Override
  public Body parse(String text) {
    return Body.of(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String syntax() {
    return "text";
  }
}
