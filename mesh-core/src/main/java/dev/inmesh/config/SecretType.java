package dev.inmesh.config;

/** A credential: a text on one line that no message shows. */
record SecretType() implements ValueType<String> {

  @Override
  public String parse(String written) throws Refused {
    String text = written.strip();
    if (text.isEmpty() || text.chars().anyMatch(Character::isISOControl)) {
      throw Refused.malformed(
          "is empty or not on one line; write the credential, or remove the key");
    }
    return text;
  }

  @Override
  public String syntax() {
    return "credential";
  }

  @Override
  public boolean isSecret() {
    return true;
  }
}
