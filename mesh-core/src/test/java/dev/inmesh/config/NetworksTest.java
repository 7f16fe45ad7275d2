package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code mesh.allowed-networks} takes, and what it says of static servers. */
final class NetworksTest {

  private static final String KEY = "mesh.allowed-networks=";

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "10.0.0.1/8; C02; has bits set behind its prefix; write 10.0.0.0/8",
        "fd00::1/8; C02; has bits set behind its prefix; write fd00::/8",
        "10.0.0.0/33; C03; prefix length outside 0 to 32",
        "::/129; C03; prefix length outside 0 to 128",
        "10.0.0.0/99999999999999999999; C03; prefix length outside 0 to 32",
        "10.0.0.3; C02; has no prefix length; write 10.0.0.3/32 for this address alone",
        "FD00::3; C02; write fd00::3/128",
        "10.0.0.0/; C02; has no number as its prefix length",
        "10.0.0.0/-8; C02; has no number as its prefix length",
        "10.0.0.0/08; C02; has no number as its prefix length",
        "10.0.0.0/8/8; C02; has no number as its prefix length",
        "10.0.0.0/255.0.0.0; C02; has no number as its prefix length",
        "::ffff:10.0.0.0/104; C02; maps IPv4 addresses; write 10.0.0.0/8",
        "localhost/32; C02; is not a network",
        "10.0.0.0-10.0.0.9; C02; is not a network",
        "10.0.0-9.0/24; C02; is not a network",
        "10.*; C02; is not a network",
        "10.*.*.*; C02; is not a network",
        "*; C02; is not a network",
        "all; C02; is not a network",
        "10/8; C02; is not a network",
        "10.0/16; C02; is not a network",
        "012.0.0.0/8; C02; is not a network",
        "0xa.0.0.0/8; C02; is not a network",
        "167772160/8; C02; is not a network",
        "10.0.0.0%eth0/8; C02; is not a network",
        "fe80::%eth0/10; C02; is not a network",
        "[fd00::]/8; C02; is not a network",
        "/8; C02; is not a network",
        "\uff11\uff10.0.0.0/8; C02; is not a network",
        "10.0.0.0/\uff18; C02; has no number as its prefix length",
        "10.0.0.0/8, fd00::/8, FD00:0::/8; C06; is there twice",
        "10.0.0.0/8,; C02; empty entry",
      })
  void whatIsNoNetworkIsRefusedWithTheMend(String value, String code, String reason) {
    assertThat(Written.problem(KEY + value, Written.SERVERS))
        .startsWith("MESH-" + code + " mesh.allowed-networks: '")
        .contains(reason)
        .endsWith("[code]");
  }

  @Test
  void networksOfAllSizesAreTaken() {
    assertThat(
            Written.settings(KEY + "10.0.0.0/8, 192.168.7.9/32,0.0.0.0/0,::/0, fd00::/8,::1/128")
                .allowedNetworks())
        .hasToString(
            "mesh.allowed-networks (10.0.0.0/8, 192.168.7.9/32, 0.0.0.0/0, ::/0, fd00::/8, 1 more)");
    assertThat(Written.settings(KEY + "none").allowedNetworks().areLimited()).isFalse();
  }

  @Test
  void aServerWhoseAddressIsOutsideIsRefusedAtTheStart() {
    List<Problem> problems =
        Written.problems(
            KEY + "10.0.0.0/8,::/0",
            "mesh.upstream.payments.servers=10.0.0.1:80, 192.168.7.9:80 backup, stock.example:80,"
                + " [::ffff:127.0.0.1]:80, [2002:7f00:1::]:80, [fd00::1]:80");

    assertThat(problems)
        .map(Problem::toString)
        .containsExactly(
            outside("192.168.7.9:80"),
            outside("[::ffff:127.0.0.1]:80"),
            outside("[2002:7f00:1::]:80"));
  }

  private static String outside(String address) {
    return "MESH-C04 mesh.upstream.payments.servers: '"
        + address
        + "' is outside mesh.allowed-networks (10.0.0.0/8, ::/0); remove the server or add a"
        + " network that holds it [code]";
  }

  @Test
  void aListThatCannotBeReadIsTheOnlyProblem() {
    assertThat(Written.problem(KEY + "10.0.0.0", Written.SERVERS)).contains("no prefix length");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0177.0.0.1", "0x7f.0.0.1", "0x7f.1", "0x7f.0x0.0x0.0x1", "0x7f000001", "0X7F000001",
        "2130706433", "127.1", "127.0.1", "127.0.0.1.", "127.0.0.01", "\uff11\uff12\uff17.0.0.1",
        "127\u30020\u30020\u30021", "%31%32%37.0.0.1", "127.0.0.0x1", "0x", "a.0x",
            "[::ffff:127.1]",
        "[::ffff:0177.0.0.1]", "[::1%eth0]", "[::00001]", "\u2460.0.0.1", "127.0.0.1\u00a0", "0"
      })
  void aServerWhoseAddressSomeReadInAnotherWayIsRefusedWithoutNetworksToo(String host) {
    assertThat(Written.problem("mesh.upstream.payments.servers=" + host + ":80"))
        .startsWith("MESH-C02 ")
        .contains("has no valid host; write an ASCII name, an IPv4 address or an IPv6 address");
  }
}
