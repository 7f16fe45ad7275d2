package dev.inmesh.config;

/**
 * The name of a zone or region.
 *
 * @param ownAllowed whether {@code own} may stand for where this process runs
 */
record PlaceType(boolean ownAllowed) implements ValueType<String> {

  static final String OWN = "own";

  private static final TextType NAME =
      TextType.of(
          "name", "[A-Za-z0-9._-]{1,63}", "1 to 63 letters, digits, dots, dashes or underscores");

  @Override
  public String parse(String text) throws Refused {
    String name = NAME.parse(text);
    if (name.equals(OptionalType.NONE) || (name.equals(OWN) && !ownAllowed)) {
      throw Refused.malformed("'" + name + "' is reserved; write the name of a place");
    }
    return name;
  }

  @Override
  public String syntax() {
    return ownAllowed ? "name | " + OWN : "name";
  }
}
