package dev.inmesh.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AllowedNetworksTest {

  private static boolean allow(String networks, String address) throws UnknownHostException {
    return AllowedNetworks.of(List.of(networks.split(" "))).allow(InetAddress.getByName(address));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 10.0.0.0",
    "10.0.0.0/8, 10.255.255.255",
    "192.168.7.9/32, 192.168.7.9",
    "0.0.0.0/0, 127.0.0.1",
    "10.0.0.0/8 172.16.0.0/12, 172.31.255.255",
    "10.0.0.0/8, ::ffff:10.0.0.1",
    "fd00::/8, fdff:ffff::1",
    "::/0, 2001:db8::1",
    "::/0, ::1",
    "::1/128, ::1",
    "fe80::/10, fe80::1"
  })
  void whatAListedNetworkHoldsIsAllowed(String networks, String address) throws Exception {
    assertThat(allow(networks, address)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.0/8, 9.255.255.255",
    "10.0.0.0/8, 11.0.0.0",
    "192.168.7.9/32, 192.168.7.8",
    "10.0.0.0/8, ::1",
    "10.0.0.0/8, ::ffff:127.0.0.1",
    "::/0, 127.0.0.1",
    "::/0, ::ffff:127.0.0.1",
    "fd00::/8, fe80::1"
  })
  void whatNoneHoldsIsNot(String networks, String address) throws Exception {
    assertThat(allow(networks, address)).isFalse();
  }

  /** Each of these is 127.0.0.1 in the end, or may be; 203.0.113.1 stands for a relay. */
  @ParameterizedTest
  @CsvSource({
    "64:ff9b::7f00:1, 64:ff9b::/96, 127.0.0.1",
    "64:ff9b:1:7f00:0:100::, 64:ff9b:1::/48, 127.0.0.1",
    "64:ff9b:1:7f:0:1::, 64:ff9b:1::/48, 127.0.0.1",
    "64:ff9b:1:0:7f:0:100:0, 64:ff9b:1::/48, 127.0.0.1",
    "64:ff9b:1::7f00:1, 64:ff9b:1::/48, 127.0.0.1",
    "2002:7f00:1::, 2002::/16, 127.0.0.1",
    "2002:7f00:1:9:8:7:6:5, 2002::/16, 127.0.0.1",
    "2001::cb00:7101:0:0:80ff:fffe, 2001::/32, 127.0.0.1",
    "2001:0:7f00:1:0:0:34ff:8efe, 2001::/32, 127.0.0.1",
    "::7f00:1, ::/96, 127.0.0.1",
    "::ffff:0:7f00:1, ::ffff:0:0:0/96, 127.0.0.1",
    "2001:db8::5efe:7f00:1, 2001:db8::5efe:0:0/96, 127.0.0.1",
    "2001:db8::200:5efe:7f00:1, 2001:db8::200:5efe:0:0/96, 127.0.0.1",
    "fe80::5efe:127.0.0.1, fe80::5efe:0:0/96, 127.0.0.1",
  })
  void anEmbeddedAddressMustBeAllowedTooUnlessItsFormIsListed(
      String address, String form, String embedded) throws Exception {
    assertThat(allow("::/0", address)).isFalse();
    assertThat(allow("203.0.113.0/24 ::/0", address)).isFalse();
    assertThat(allow(embedded + "/32", address)).isFalse();
    assertThat(allow("0.0.0.0/1 192.0.0.0/2 ::/0", "64:ff9b::8000:1")).isFalse();

    assertThat(allow(form, address)).isTrue();
    assertThat(allow("::/0 " + form, address)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "64:ff9b::10.0.0.1",
        "2002:a00:1::1",
        "2001:0:a00:1::f5ff:fffe",
        "::10.0.0.1",
        "::ffff:0:10.0.0.1",
        "2001:db8::5efe:10.0.0.1"
      })
  void anEmbeddedAddressThatIsAllowedIsNoObstacle(String address) throws Exception {
    assertThat(allow("10.0.0.0/8 ::/0", address)).isTrue();
  }

  @Test
  void aListedFormIsOnPurposeOnlyWhereItHoldsTheAddress() throws Exception {
    String networks = "2000::/3 2002:a00::/24";

    assertThat(allow(networks, "2002:a00:1::")).isTrue();
    assertThat(allow(networks, "2002:7f00:1::")).isFalse();
  }

  /** The JDK connects to an address of this host instead, which nobody has checked. */
  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0", "::", "::ffff:0.0.0.0", "64:ff9b::", "2002::1", "::ffff:0:0:0"})
  void theUnspecifiedAddressIsNeverAllowed(String address) throws Exception {
    assertThat(allow("0.0.0.0/0 ::/0", address)).isFalse();
  }

  @Test
  void aScopeDoesNotMatter() throws Exception {
    byte[] linkLocal = InetAddress.getByName("fe80::1").getAddress();
    InetAddress scoped = Inet6Address.getByAddress(null, linkLocal, 7);

    assertThat(AllowedNetworks.of(List.of("fe80::/10")).allow(scoped)).isTrue();
    assertThat(AllowedNetworks.of(List.of("fd00::/8")).allow(scoped)).isFalse();
  }

  @Test
  void aMappedAddressThatTheJdkLeftAsItIsMeansIpv4Too() throws Exception {
    byte[] bytes = InetAddress.getByName("64:ff9b::127.0.0.1").getAddress();
    bytes[1] = bytes[2] = bytes[3] = 0;
    bytes[10] = bytes[11] = (byte) 0xff;
    InetAddress mapped = Inet6Address.getByAddress(null, bytes, -1);

    assertThat(mapped).isInstanceOf(Inet6Address.class);
    assertThat(AllowedNetworks.of(List.of("::/0")).allow(mapped)).isFalse();
    assertThat(AllowedNetworks.of(List.of("127.0.0.0/8")).allow(mapped)).isTrue();
  }

  @Test
  void whereNothingIsListedEverythingIsAllowed() throws Exception {
    List<InetAddress> some = List.of(InetAddress.getByName("::"), InetAddress.getByName("1.2.3.4"));

    assertThat(AllowedNetworks.ANY.areLimited()).isFalse();
    assertThat(AllowedNetworks.ANY.among(some)).isSameAs(some);
  }

  @Test
  void theRefusalNamesTheAddressTheServerAndTheNetworks() throws Exception {
    AllowedNetworks networks = AllowedNetworks.of(List.of("10.0.0.0/8"));
    InetAddress address = InetAddress.getByName("192.168.7.9");

    assertThatThrownBy(() -> networks.check(address, "stock.example", 5000))
        .isInstanceOf(OutsideNetworksException.class)
        .hasMessage(
            "192.168.7.9 of stock.example:5000 is outside mesh.allowed-networks (10.0.0.0/8);"
                + " nothing was sent");
    assertThat(networks.refusal(address, "192.168.7.9", 5000))
        .hasMessageStartingWith("192.168.7.9:5000 is outside ");
    networks.check(InetAddress.getByName("10.0.0.1"), "stock.example", 5000);
  }

  @Test
  void aLongListIsCutInMessages() {
    List<String> many =
        List.of("10.0.0.0/8", "11.0.0.0/8", "12.0.0.0/8", "13.0.0.0/8", "14.0.0.0/8", "::/0");

    assertThat(AllowedNetworks.of(many))
        .hasToString(
            "mesh.allowed-networks (10.0.0.0/8, 11.0.0.0/8, 12.0.0.0/8, 13.0.0.0/8, 14.0.0.0/8,"
                + " 1 more)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"10.0.0.1/8", "10.0.0.0", "10.0.0.0/33", "10/8", "*/0", "", "::ffff:10.0.0.0/104"})
  void whatIsNoNetworkIsRefused(String text) {
    assertThatThrownBy(() -> AllowedNetworks.of(List.of(text)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> AllowedNetworks.of(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.1",
        "127.0.0.01",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "2130706433",
        "127.0.0.1.",
        "127.0.0.256",
        "localhost",
        "",
        "1:2:3",
        "::1%eth0",
        "::1%1",
        "[::1]",
        "::1/128",
        "::00001",
        "1::2::3",
        "::ffff:127.1",
        "::ffff:0177.0.0.1",
        "::ffff:127.0.0.1.2",
        "1:2:3:4:5:6:7:127.0.0.1",
        ":1",
        "1:2:3:4:5:6:7:8:9",
        "fd00",
        "ff",
        "127.0.0.*",
        "127.0.0.1-2",
        "\uff11.2.3.4",
        " ::1",
        "::1 "
      })
  void whatSomeReadInAnotherWayIsNoLiteral(String text) {
    assertThat(AddressLiteral.of(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "0.0.0.0",
        "255.255.255.255",
        "::",
        "::1",
        "FD00::A",
        "1:2:3:4:5:6:7:8",
        "0001:0:00:000:0000:6:7:8",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "1:2:3:4:5:6:1.2.3.4"
      })
  void whatEverybodyReadsAlikeIsWhatTheJdkReads(String text) throws Exception {
    assertThat(AddressLiteral.of(text)).contains(InetAddress.getByName(text));
  }
}
