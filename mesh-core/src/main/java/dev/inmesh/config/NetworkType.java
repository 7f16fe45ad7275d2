package dev.inmesh.config;

import dev.inmesh.server.AddressLiteral;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.ipv6.IPv6Address;
import java.util.Objects;

/**
 * A network in CIDR notation (RFC 4632; RFC 4291, 2.3), with no bit set behind its prefix; becomes
 * its canonical text (RFC 5952). What others might read in another way is refused, not guessed.
 */
record NetworkType() implements ValueType<String> {

  private static final String MEND = "; write one like 10.0.0.0/8 or fd00::/8";

  @Override
  public String parse(String written) throws Refused {
    String text = written.strip();
    int slash = text.indexOf('/');
    String host = slash < 0 ? text : text.substring(0, slash);
    if (AddressLiteral.of(host).isEmpty()) {
      throw Refused.malformed(Echo.quoted(text) + " is not a network" + MEND);
    }
    IPAddress address = Objects.requireNonNull(new IPAddressString(host).getAddress());
    if (slash < 0) {
      throw Refused.malformed(
          Echo.quoted(text)
              + " has no prefix length; write "
              + (address.toCanonicalString() + "/" + address.getBitCount())
              + " for this address alone");
    }
    return network(address, bits(text.substring(slash + 1), text, address), text);
  }

  private static int bits(String length, String text, IPAddress address) throws Refused {
    boolean plain = length.length() == 1 || !length.startsWith("0");
    if (!Numeral.isWhole(length) || !plain) {
      throw Refused.malformed(Echo.quoted(text) + " has no number as its prefix length" + MEND);
    }
    long bits = Numeral.parse(length);
    if (bits > address.getBitCount()) {
      throw new Refused(
          ProblemCode.OUT_OF_RANGE,
          Echo.quoted(text)
              + (" has a prefix length outside 0 to " + address.getBitCount())
              + MEND);
    }
    return (int) bits;
  }

  private static String network(IPAddress address, int bits, String text) throws Refused {
    String lowest = lowest(address, bits) + "/" + bits;
    if (!lowest.equals(address.toCanonicalString() + "/" + bits)) {
      throw Refused.malformed(
          Echo.quoted(text) + " has bits set behind its prefix; write " + lowest);
    }
    if (address instanceof IPv6Address six && six.isIPv4Mapped()) {
      String four = six.getEmbeddedIPv4Address().toCanonicalString();
      throw Refused.malformed(
          Echo.quoted(text) + " maps IPv4 addresses; write " + four + "/" + (bits - 96));
    }
    return lowest;
  }

  private static String lowest(IPAddress address, int bits) {
    return address.toPrefixBlock(bits).getLower().withoutPrefixLength().toCanonicalString();
  }

  @Override
  public String syntax() {
    return "network";
  }
}
