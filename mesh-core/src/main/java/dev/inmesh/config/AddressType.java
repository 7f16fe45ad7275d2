package dev.inmesh.config;

/** A host and a port. */
record AddressType() implements ValueType<String> {

  @Override
  public String parse(String text) throws Refused {
    HostPort address = HostPort.parse(text.strip());
    if (address.port().isEmpty()) {
      throw Refused.malformed(Echo.quoted(text) + " has no port; write it like " + HostPort.SYNTAX);
    }
    return address.toString();
  }

  @Override
  public String syntax() {
    return HostPort.SYNTAX;
  }
}
