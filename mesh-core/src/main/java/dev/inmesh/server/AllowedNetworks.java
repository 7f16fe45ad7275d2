package dev.inmesh.server;

import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.net.InetAddress;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The networks that the mesh may connect to: {@code mesh.allowed-networks}. Immutable and safe for
 * concurrent use.
 *
 * <p>An address is allowed if a network of the list holds it. An IPv4-mapped one is the IPv4
 * address that it maps. One that embeds an IPv4 address (NAT64, 6to4, Teredo and the like: {@link
 * Embedding}) is allowed only if that is allowed as well, or if a network that holds it was listed
 * for nothing else: {@code ::/0} doesn't make {@code 2002:7f00:1::} right, {@code 2002::/16} does.
 * The unspecified addresses are never allowed, since the JDK connects to another one instead.
 */
public final class AllowedNetworks {

  /** The key that they are written under. */
  public static final String KEY = "mesh.allowed-networks";

  /** Where nothing is forbidden. */
  public static final AllowedNetworks ANY = new AllowedNetworks(List.of());

  /** A message names so many of them. */
  private static final int SHOWN = 5;

  private static final int IPV4_BYTES = 4;

  /** None stands for everything. */
  private final List<IPAddress> blocks;

  private AllowedNetworks(List<IPAddress> blocks) {
    this.blocks = blocks;
  }

  /**
   * These networks and no others.
   *
   * @param cidrs like {@code 10.0.0.0/8} and {@code fd00::/8}, at least one
   * @throws IllegalArgumentException if one is written in another way, or has host bits set
   */
  public static AllowedNetworks of(Collection<String> cidrs) {
    if (cidrs.isEmpty()) {
      throw new IllegalArgumentException("no network");
    }
    return new AllowedNetworks(cidrs.stream().map(AllowedNetworks::block).toList());
  }

  static IPAddress block(String cidr) {
    int slash = cidr.indexOf('/');
    IPAddress address = slash < 0 ? null : AddressLiteral.parse(cidr.substring(0, slash));
    IPAddress block = address == null ? null : new IPAddressString(cidr).getAddress();
    if (block == null || !block.isPrefixed() || !block.isPrefixBlock() || isMapped(block)) {
      throw new IllegalArgumentException("not a network: " + cidr);
    }
    return block;
  }

  private static boolean isMapped(IPAddress address) {
    return address instanceof IPv6Address six && six.isIPv4Mapped();
  }

  /** Whether anything is forbidden. */
  public boolean areLimited() {
    return !blocks.isEmpty();
  }

  /** Whether an address may be connected to. */
  public boolean allow(InetAddress address) {
    return blocks.isEmpty() || allow(address.getAddress());
  }

  private boolean allow(byte[] address) {
    if (address.length == IPV4_BYTES) {
      IPv4Address four = new IPv4Address(address);
      return !four.isZero() && longest(four) >= 0;
    }
    IPv6Address six = new IPv6Address(address);
    if (six.isIPv4Mapped()) {
      return allow(six.getEmbeddedIPv4Address().getBytes());
    }
    int longest = six.isZero() ? -1 : longest(six);
    if (longest < 0) {
      return false;
    }
    for (Embedding form : Embedding.values()) {
      if (longest < form.bits() && form.isOf(six) && !allowAll(form.embedded(six))) {
        return false;
      }
    }
    return true;
  }

  private boolean allowAll(List<byte[]> addresses) {
    return addresses.stream().allMatch(this::allow);
  }

  /** The prefix length of the smallest network that holds the address; -1 when none does. */
  private int longest(IPAddress address) {
    int longest = -1;
    for (IPAddress block : blocks) {
      @Nullable Integer length = block.getNetworkPrefixLength();
      if (length != null && length > longest && block.contains(address)) {
        longest = length;
      }
    }
    return longest;
  }

  /** Those of the addresses that may be connected to, in their order. */
  public List<InetAddress> among(List<InetAddress> addresses) {
    return blocks.isEmpty() ? addresses : addresses.stream().filter(this::allow).toList();
  }

  /**
   * Refuses an address that is outside.
   *
   * @param host how it was written, a name or the address itself
   * @throws OutsideNetworksException naming the address, the key and the networks
   */
  public void check(InetAddress address, String host, int port) throws OutsideNetworksException {
    if (!allow(address)) {
      throw refusal(address, host, port);
    }
  }

  /** What to say of an address that is outside. */
  public OutsideNetworksException refusal(InetAddress address, String host, int port) {
    String literal = address.getHostAddress();
    String shown = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return new OutsideNetworksException(
        (literal.equals(host) ? "" : literal + " of ")
            + (shown + ":" + port)
            + (" is outside " + this + "; nothing was sent"));
  }

  /**
   * What to say of an address that nobody here gets to know, which is refused as well.
   *
   * @param what and why, like {@code example.no is resolved by a proxy}
   */
  public OutsideNetworksException uncheckable(String what) {
    return new OutsideNetworksException(
        what + ", so it can't be checked against " + this + "; nothing was sent");
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof AllowedNetworks other && blocks.equals(other.blocks);
  }

  @Override
  public int hashCode() {
    return blocks.hashCode();
  }

  /** {@code mesh.allowed-networks (10.0.0.0/8, fd00::/8)}. */
  @Override
  public String toString() {
    String shown =
        blocks.stream()
            .limit(SHOWN)
            .map(IPAddress::toCanonicalString)
            .collect(Collectors.joining(", "));
    int more = blocks.size() - SHOWN;
    return KEY
        + " ("
        + (blocks.isEmpty() ? "none" : shown + (more > 0 ? ", " + more + " more" : ""))
        + ")";
  }
}
