package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.server.Server;
import java.time.Duration;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServersTest {

  private static final String KEY = "mesh.upstream.payments.servers=";

  @Test
  void entryIsReadAsNginxWritesIt() {
    UpstreamSettings settings =
        Written.payments(
            KEY
                + "10.0.0.1:80 weight=3 max_conns=9 max_fails=2 fail_timeout=30s backup zone=z1"
                + " region=no,\n [FD00::2]:8080   down , Inventory.Example.no:443");

    assertThat(settings.servers())
        .containsExactly(
            new Server(
                "10.0.0.1",
                80,
                3,
                9,
                OptionalInt.of(2),
                Duration.ofSeconds(30),
                true,
                false,
                false,
                "z1",
                "no"),
            new Server(
                "fd00::2",
                8080,
                1,
                0,
                OptionalInt.empty(),
                Duration.ofSeconds(10),
                false,
                true,
                false,
                "",
                ""),
            Server.of("inventory.example.no", 443));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a:1",
        "my_service:80",
        "a-b.c:65535",
        "xn--bcher-kva.example:80",
        "[::1]:80",
        "[::ffff:10.0.0.1]:80",
        "a1:80",
        "a:80 max_fails=0",
        "1a.no:80"
      })
  void goodEntriesAreTaken(String entry) {
    assertThat(Written.payments(KEY + entry).servers()).hasSize(1);
  }

  @Test
  void listInWhichAllAreDownIsTaken() {
    assertThat(Written.payments(KEY + "a:80 down, b:80 down").servers()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "10.0.0.1; C02; has no port; write 10.0.0.1:80",
        "10.0.0.1:; C02; no number as its port",
        "10.0.0.1:x; C02; no number as its port",
        "10.0.0.1:0; C03; port outside 1 to 65535",
        "10.0.0.1:65536; C03; port outside 1 to 65535",
        "10.0.0.1:-1; C02; no number as its port",
        "10.0.0.300:80; C02; no valid host",
        "10.0.1:80; C02; no valid host",
        "010.0.0.1:80; C02; no valid host",
        "::1:80; C02; IPv6 address like [::1]:80",
        "[::1; C02; write it like [::1]:80",
        "[::1]; C02; has no port",
        "[::1]80; C02; write it like [::1]:80",
        "[10.0.0.1]:80; C02; no valid host",
        "[fe80::1%eth0]:80; C02; no valid host",
        "[1:2:3]:80; C02; no valid host",
        "blåbær.no:80; C02; no valid host",
        "\u212A.no:80; C02; no valid host",
        "-a.no:80; C02; no valid host",
        "a..no:80; C02; no valid host",
        ":80; C02; no valid host",
        "http://a:80; C02; has a scheme",
        "a:80 weight=0; C03; weight '0' is outside 1 to 65535",
        "a:80 weight=-1; C03; weight '-1' is negative",
        "a:80 weight=65536; C03; outside",
        "a:80 weight=x; C02; not a whole number",
        "a:80 weight; C02; has no value; write 'weight=<count>'",
        "a:80 backup=true; C02; has a value; write 'backup'",
        "a:80 wieght=3; C02; Did you mean 'weight'?",
        "a:80 slow_start=3s; C02; is no attribute of a server",
        "a:80 fail_timeout=10; C02; no unit; write 10ms or 10s",
        "a:80 fail_timeout=0s; C03; outside",
        "a:80 zone=own; C02; reserved",
        "a:80 weight=1 weight=2; C06; has weight twice",
        "a:80, A:80; C06; is there twice",
        "[::1]:80, [0:0::1]:80; C06; is there twice",
        "a:80,; C02; empty entry",
        "a:80 b:80; C02; is no attribute",
      })
  void badEntryIsRefused(String entry, String code, String reason) {
    assertThat(Written.problem(KEY + entry)).startsWith("MESH-" + code).contains(reason);
  }

  @Test
  void allFaultsOfAnEntryAreNamed() {
    assertThat(Written.problems(KEY + "a weight=0 zone=,b:0"))
        .map(Problem::code)
        .containsExactly("MESH-C02", "MESH-C03", "MESH-C02", "MESH-C03");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "http://a", "a/b", "a:0", "10.0.0.300", "*.example.no", "å.no"})
  void badHostIsRefused(String host) {
    assertThat(Written.problem(Written.SERVERS, "mesh.upstream.payments.hosts=" + host))
        .startsWith("MESH-C0");
    assertThat(Written.problem(Written.SERVERS, "mesh.upstream.payments.host-header=" + host))
        .startsWith("MESH-C0");
  }
}
