package dev.inmesh.config;

import dev.inmesh.server.AddressLiteral;
import java.net.InetAddress;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * A host with or without a port, checked without asking any name service.
 *
 * @param host a name, an IPv4 or an IPv6 literal (without brackets); lower case
 * @param port 1 to 65535, when one was written
 */
record HostPort(String host, OptionalInt port) {

  static final String SYNTAX = "host:port";

  private static final int LONGEST = 253;
  private static final String LABEL = "[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(?:\\." + LABEL + ")*");

  /** What many take for an IPv4 address (https://url.spec.whatwg.org/#ends-in-a-number-checker). */
  private static final Pattern NUMERIC_END = Pattern.compile("(?:.*\\.)?(?:[0-9]+|0x[0-9a-f]*)");

  static HostPort parse(String text) throws Refused {
    if (text.contains("://")) {
      throw Refused.malformed(Echo.quoted(text) + " has a scheme; write only " + SYNTAX);
    }
    boolean bracketed = text.startsWith("[");
    int end = bracketed ? text.indexOf(']') + 1 : text.indexOf(':');
    if (!bracketed && end >= 0 && text.indexOf(':', end + 1) >= 0) {
      throw Refused.malformed(
          Echo.quoted(text) + " has more than one ':'; write an IPv6 address like [::1]:80");
    }
    if (bracketed && (end == 0 || (end < text.length() && text.charAt(end) != ':'))) {
      throw Refused.malformed(Echo.quoted(text) + " is not an address; write it like [::1]:80");
    }
    boolean hasPort = end >= 0 && end < text.length();
    String host = checkedHost(hasPort ? text.substring(0, end) : text, text);
    return new HostPort(
        host, hasPort ? OptionalInt.of(port(text.substring(end + 1), text)) : OptionalInt.empty());
  }

  private static int port(String port, String text) throws Refused {
    if (!Numeral.isWhole(port)) {
      throw Refused.malformed(
          Echo.quoted(text) + " has no number as its port; write it like 10.0.0.1:80");
    }
    long number = Numeral.parse(port);
    if (number < 1 || number > 65_535) {
      throw new Refused(
          ProblemCode.OUT_OF_RANGE,
          Echo.quoted(text) + " has a port outside 1 to 65535; write it like 10.0.0.1:80");
    }
    return (int) number;
  }

  private static String checkedHost(String host, String text) throws Refused {
    String lower = host.length() > LONGEST ? "" : host.toLowerCase(Locale.ROOT);
    boolean good =
        lower.startsWith("[")
            ? isIpv6(lower)
            : NUMERIC_END.matcher(lower).matches()
                ? AddressLiteral.of(lower).isPresent()
                : NAME.matcher(lower).matches();
    // Lower case may turn a letter from elsewhere into an ASCII one.
    if (!good || !host.chars().allMatch(c -> c < 128)) {
      throw Refused.malformed(
          Echo.quoted(text)
              + " has no valid host; write an ASCII name, an IPv4 address or an IPv6 address in"
              + " brackets");
    }
    return lower.startsWith("[") ? lower.substring(1, lower.length() - 1) : lower;
  }

  private static boolean isIpv6(String bracketed) {
    String literal = bracketed.substring(1, bracketed.length() - 1);
    return literal.indexOf(':') >= 0 && AddressLiteral.of(literal).isPresent();
  }

  /** The same for all spellings of one address: {@code ::1} and {@code 0:0:0:0:0:0:0:1}. */
  static String canonical(String host) {
    return AddressLiteral.of(host).map(InetAddress::getHostAddress).orElse(host);
  }

  @Override
  public String toString() {
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port.isPresent() ? shown + ":" + port.getAsInt() : shown;
  }
}
