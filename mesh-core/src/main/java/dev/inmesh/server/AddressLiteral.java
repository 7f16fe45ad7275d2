package dev.inmesh.server;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An address as text that everybody reads alike: IPv4 as four decimal numbers without leading zeros
 * (RFC 6943, 3.1.1, tells of the other ways), IPv6 as RFC 4291 writes it, without a scope.
 */
public final class AddressLiteral {

  private static final String BYTE = "(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";
  private static final String FOUR = BYTE + "(?:\\." + BYTE + "){3}";
  private static final Pattern IPV4 = Pattern.compile(FOUR);
  private static final Pattern IPV6 =
      Pattern.compile("(?:[0-9a-fA-F]{0,4}:){2,8}(?:[0-9a-fA-F]{1,4}|" + FOUR + ")?");

  private AddressLiteral() {}

  /**
   * The address that a text spells.
   *
   * @param text without brackets
   * @return empty for a name, and for whatever some read as an address and others don't
   */
  public static Optional<InetAddress> of(String text) {
    IPAddress address = parse(text);
    if (address == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(InetAddress.getByAddress(address.getBytes()));
    } catch (UnknownHostException e) {
      throw new IllegalStateException(e); // Four bytes or sixteen.
    }
  }

  /** The one spelling of an address that others may spell in another way; a name as it is. */
  public static String canonical(String text) {
    Optional<InetAddress> address = of(text);
    IPAddress parsed = parse(text);
    if (address.isEmpty() || parsed == null) {
      return text;
    }
    // The JDK takes an IPv4-mapped address for the IPv4 address that it maps.
    return address.get() instanceof Inet4Address four
        ? four.getHostAddress()
        : parsed.toCanonicalString();
  }

  /** The same, of which an IPv4-mapped one stays IPv6; null when there is none. */
  static @Nullable IPAddress parse(String text) {
    boolean known = IPV4.matcher(text).matches() || IPV6.matcher(text).matches();
    IPAddress address = known ? new IPAddressString(text).getAddress() : null;
    return address == null || address.isMultiple() ? null : address;
  }
}
