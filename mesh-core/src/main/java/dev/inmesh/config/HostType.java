package dev.inmesh.config;

/** A host name or address, with a port or without; becomes its text in lower case. */
record HostType(boolean portAllowed) implements ValueType<String> {

  @Override
  public String parse(String written) throws Refused {
    String text = written.strip();
    HostPort parsed = HostPort.parse(text);
    if (!portAllowed && parsed.port().isPresent()) {
      throw Refused.malformed(Echo.quoted(text) + " has a port; write only the host");
    }
    return parsed.toString();
  }

  @Override
  public String syntax() {
    return portAllowed ? "host or host:port" : "host";
  }
}
