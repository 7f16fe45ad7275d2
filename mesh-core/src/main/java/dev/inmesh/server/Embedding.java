package dev.inmesh.server;

import inet.ipaddr.IPAddress;
import inet.ipaddr.ipv6.IPv6Address;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The ways in which an IPv6 address names an IPv4 address that a translator or a tunnel then
 * delivers to.
 */
@SuppressWarnings("ImmutableEnumChecker") // The addresses and the lists never change.
enum Embedding {
  /** IPv4-compatible (RFC 4291, 2.5.5.1). */
  COMPATIBLE("::/96", at(12)),
  /** IPv4-translated, of stateless translation (RFC 2765, 2.1, whose algorithm is RFC 7915 now). */
  TRANSLATED("::ffff:0:0:0/96", at(12)),
  /** NAT64 by its well-known prefix (RFC 6052, 2.1). */
  NAT64("64:ff9b::/96", at(12)),
  /**
   * NAT64 by its local prefix (RFC 8215). Which of the lengths of RFC 6052, 2.2, is in use there
   * can't be seen, so every reading counts; octet 8 is never part of the address.
   */
  LOCAL_NAT64(
      "64:ff9b:1::/48",
      new Reading(6, 7, 9, 10, 0),
      new Reading(7, 9, 10, 11, 0),
      new Reading(9, 10, 11, 12, 0),
      at(12)),
  /** 6to4 (RFC 3056, 2). */
  SIX_TO_FOUR("2002::/16", at(2)),
  /** Teredo (RFC 4380, 4): the server, and the client with all bits inverted. */
  TEREDO("2001::/32", at(4), new Reading(12, 13, 14, 15, 0xff)),
  /** ISATAP (RFC 5214, 6.1): an interface identifier, under any prefix. */
  ISATAP(null, at(12));

  /** The length from which on a network holds the identifier too. */
  private static final int ISATAP_BITS = 96;

  private static final int IPV4_BYTES = 4;

  /** Where the four bytes are, and what they are combined with by exclusive or. */
  private record Reading(int first, int second, int third, int fourth, int mask) {

    byte[] of(byte[] address) {
      byte[] read = {address[first], address[second], address[third], address[fourth]};
      for (int i = 0; i < IPV4_BYTES; i++) {
        read[i] = (byte) (read[i] ^ mask);
      }
      return read;
    }
  }

  private final @Nullable IPAddress prefix;
  private final List<Reading> readings;

  Embedding(@Nullable String prefix, Reading... readings) {
    this.prefix = prefix == null ? null : AllowedNetworks.block(prefix);
    this.readings = List.of(readings);
  }

  private static Reading at(int index) {
    return new Reading(index, index + 1, index + 2, index + 3, 0);
  }

  /** Whether an address is of this form. */
  boolean isOf(IPv6Address address) {
    if (prefix != null) {
      // These two name themselves.
      return prefix.contains(address) && !address.isZero() && !address.isLoopback();
    }
    byte[] bytes = address.getBytes();
    // The two lowest bits of the first byte say whose identifier it is.
    return (bytes[8] & ~3) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == (byte) 0xfe;
  }

  /** The length from which on a network that holds such an address is made of nothing else. */
  int bits() {
    return prefix == null ? ISATAP_BITS : Objects.requireNonNull(prefix.getNetworkPrefixLength());
  }

  /** The IPv4 addresses that an address of this form may be delivered to. */
  List<byte[]> embedded(IPv6Address address) {
    byte[] bytes = address.getBytes();
    List<byte[]> embedded = new ArrayList<>(readings.size());
    readings.forEach(reading -> embedded.add(reading.of(bytes)));
    return embedded;
  }
}
