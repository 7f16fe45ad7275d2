package dev.inmesh.discovery.dns;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.ServerSource;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Type;

@Timeout(60)
final class LookupTest {

  private static final Schedule SCHEDULE =
      new Schedule(Duration.ofMillis(100), Duration.ofHours(1));

  private final DnsServer server;
  private final Lookup lookup;

  LookupTest() throws IOException {
    this.server = new DnsServer();
    this.lookup = lookup(server.address());
  }

  private static Lookup lookup(String... addresses) {
    return new Lookup(new DnsClient(List.of(addresses), Duration.ofMillis(300)));
  }

  @AfterEach
  void close() throws IOException {
    server.close();
  }

  /** The first list that a source says. */
  private static List<String> listed(ServerSource source, String service) throws Exception {
    return lists(source, service, 1).get(0);
  }

  private static List<List<String>> lists(ServerSource source, String service, int count)
      throws Exception {
    List<List<String>> heard = new ArrayList<>();
    Listing once =
        new Listing() {
          @Override
          public boolean list(List<ServerEntry> entries) {
            heard.add(entries.stream().map(entry -> String.join(" ", entry.words())).toList());
            if (heard.size() == count) {
              Thread.currentThread().interrupt();
            }
            return true;
          }

          @Override
          public void unchanged() {}
        };
    try (source) {
      source.follow(service, once);
    } catch (InterruptedException heardAll) {
      return heard;
    }
    return heard;
  }

  private DnsSource addresses(Family family) {
    return new DnsSource(lookup, family, 80, SCHEDULE);
  }

  private DnsSrvSource services(boolean byName) {
    return new DnsSrvSource(lookup, Family.ANY, byName, SCHEDULE);
  }

  @Test
  void anAnswerHoldsAsLongAsTheShortestOfItsRecords() throws Exception {
    server.set(
        DnsServer.records(
            DnsServer.alias("a.test", 7, "b.test"),
            DnsServer.alias("b.test", 90, "c.test"),
            DnsServer.address("c.test", 60, "10.0.0.1"),
            DnsServer.address("c.test", 30, "10.0.0.2")));

    Lookup.Found found = lookup.find("a.test", Type.A);

    assertThat(found.records()).hasSize(2);
    assertThat(found.ttlSeconds()).isEqualTo(7);
  }

  @Test
  void aliasesInACircleAreRefused() {
    server.set(
        DnsServer.records(
            DnsServer.alias("a.test", 7, "b.test"), DnsServer.alias("b.test", 7, "a.test")));

    assertThatThrownBy(() -> lookup.find("a.test", Type.A))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("aliases");
  }

  @Test
  void aNameThatIsNotThereIsAnEmptyAnswer() throws Exception {
    Lookup.Found found = lookup.find("nobody.test", Type.A);

    assertThat(found.exists()).isFalse();
    assertThat(found.records()).isEmpty();
    assertThat(found.ttlSeconds()).isEqualTo(1);
  }

  @Test
  void aServerThatFailsIsAnErrorAndNoEmptyAnswer() {
    server.fail(Rcode.SERVFAIL);

    assertThatThrownBy(() -> lookup.find("a.test", Type.A))
        .isInstanceOf(IOException.class)
        .hasMessage("a.test. A at " + server.address() + ": SERVFAIL");
  }

  @Test
  void aServerThatSaysNothingIsNotWaitedForForEver() {
    server.silence(true);

    assertThatThrownBy(() -> lookup.find("a.test", Type.A))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("no answer within 300 ms");
  }

  @Test
  void theNextServerIsAskedWhenOneIsAway() throws Exception {
    try (DnsServer other = new DnsServer()) {
      other.set(DnsServer.records(DnsServer.address("a.test", 9, "10.0.0.1")));
      server.kill();

      assertThat(lookup(server.address(), other.address()).find("a.test", Type.A).records())
          .hasSize(1);
    }
  }

  @Test
  void aLongAnswerComesOverTcp() throws Exception {
    List<Record> records = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      records.add(DnsServer.address("a.test", 9, "10.0." + i / 250 + "." + (1 + i % 250)));
    }
    server.set(records);

    assertThat(listed(addresses(Family.ANY), "a.test:5000"))
        .hasSize(1000)
        .contains("10.0.0.1:5000", "10.0.3.250:5000");
    assertThat(server.overTcp()).isOne();
  }

  @Test
  void aServerWithTwoFamiliesOfAddressesIsOne() throws Exception {
    server.set(
        DnsServer.records(
            DnsServer.address("both.test", 9, "10.0.0.1"),
            DnsServer.address("both.test", 9, "fd00::1"),
            DnsServer.address("six.test", 9, "fd00::2")));

    assertThat(listed(addresses(Family.ANY), "both.test")).containsExactly("10.0.0.1:80");
    assertThat(listed(addresses(Family.IPV6), "both.test"))
        .containsExactly("[fd00:0:0:0:0:0:0:1]:80");
    assertThat(listed(addresses(Family.ANY), "six.test"))
        .containsExactly("[fd00:0:0:0:0:0:0:2]:80");
    assertThat(listed(addresses(Family.IPV4), "six.test")).isEmpty();
  }

  @Test
  void weightsAreTakenAndAllButTheFirstPriorityAreBackups() throws Exception {
    server.set(
        DnsServer.records(
            DnsServer.service("s.test", 9, 20, 5, 5002, "c.test"),
            DnsServer.service("s.test", 9, 10, 5, 5000, "a.test"),
            DnsServer.service("s.test", 9, 10, 0, 5001, "b.test"),
            DnsServer.service("s.test", 9, 30, 1, 5003, "d.test"),
            DnsServer.address("a.test", 9, "10.0.0.1"),
            DnsServer.address("b.test", 9, "10.0.0.2"),
            DnsServer.address("c.test", 9, "10.0.0.3"),
            DnsServer.address("d.test", 9, "10.0.0.4")));

    assertThat(listed(services(false), "s.test"))
        .containsExactly(
            "10.0.0.1:5000 weight=5",
            "10.0.0.2:5001",
            "10.0.0.3:5002 weight=5 backup",
            "10.0.0.4:5003 backup");
    assertThat(listed(services(true), "s.test"))
        .containsExactly(
            "a.test:5000 weight=5",
            "b.test:5001",
            "c.test:5002 weight=5 backup",
            "d.test:5003 backup");
  }

  @Test
  void aDotAsTargetIsNoServer() throws Exception {
    server.set(DnsServer.records(DnsServer.service("s.test", 9, 1, 1, 80, ".")));

    assertThat(listed(services(false), "s.test")).isEmpty();
  }

  @Test
  void aTargetWithoutAnAddressIsAnEntryThatSaysSo() throws Exception {
    server.set(
        DnsServer.records(
            DnsServer.service("s.test", 9, 10, 5, 5000, "a.test"),
            DnsServer.service("s.test", 9, 20, 1, 5001, "b.test"),
            DnsServer.address("b.test", 9, "10.0.0.2")));

    assertThat(listed(services(false), "s.test"))
        .containsExactly("a.test:5000 (has no address) weight=5", "10.0.0.2:5001 backup");
  }

  @Test
  void aListOfTargetsWithoutAddressesIsNotBelieved() throws Exception {
    server.set(
        DnsServer.records(
            DnsServer.service("s.test", 1, 10, 5, 5000, "a.test"),
            DnsServer.address("a.test", 1, "10.0.0.1")));
    try (Mesh mesh =
        Mesh.of(
            Map.of(
                "mesh.discovery.r.type", "dns-srv",
                "mesh.discovery.r.address", server.address(),
                "mesh.discovery.r.min-ttl", "100ms",
                "mesh.upstream.s.discovery", "r",
                "mesh.upstream.s.discovery.service", "s.test"))) {
      server.set(DnsServer.records(DnsServer.service("s.test", 1, 10, 5, 5000, "a.test")));
      int before = server.queries();
      while (server.queries() < before + 20) {
        Thread.sleep(10);
      }

      assertThat(mesh.upstream("s").servers())
          .extracting(ServerStatus::address)
          .containsExactly("10.0.0.1:5000");
    }
  }

  @Test
  void aTargetThatCanNotBeLookedUpKeepsNoNewsOfTheOthersAway() throws Exception {
    server.set(
        DnsServer.records(
            DnsServer.service("s.test", 9, 10, 1, 5000, "a.test"),
            DnsServer.service("s.test", 9, 10, 1, 5001, "b.test"),
            DnsServer.address("a.test", 9, "10.0.0.1")));
    server.failFor("b.test");

    assertThat(listed(services(false), "s.test"))
        .containsExactly(
            "10.0.0.1:5000", "b.test:5001 (b.test. A at " + server.address() + ": SERVFAIL)");
  }

  @Test
  void aTargetThatCouldNotBeLookedUpIsAskedForAfterTheNewsOfTheOthersIsTold() throws Exception {
    DnsSrvSource source = services(false);
    List<Record> records =
        DnsServer.records(
            DnsServer.service("s.test", 9, 10, 1, 5000, "a.test"),
            DnsServer.service("s.test", 9, 10, 1, 5001, "b.test"),
            DnsServer.address("a.test", 9, "10.0.0.1"),
            DnsServer.address("b.test", 9, "10.0.0.2"));
    server.set(records);
    server.failFor("b.test");
    assertThat(listed(source, "s.test")).hasSize(2).contains("10.0.0.1:5000");
    server.failFor("none.test");
    records.add(DnsServer.service("s.test", 9, 10, 1, 5002, "c.test"));
    records.add(DnsServer.address("c.test", 9, "10.0.0.3"));
    server.set(records);
    int before = server.queries();

    List<List<String>> said = lists(source, "s.test", 2);

    assertThat(said.get(0))
        .contains("10.0.0.1:5000", "10.0.0.3:5002")
        .doesNotContain("10.0.0.2:5001");
    assertThat(said.get(1)).containsExactly("10.0.0.1:5000", "10.0.0.2:5001", "10.0.0.3:5002");
    // The service and three targets, each once.
    assertThat(server.queries() - before).isEqualTo(4);
  }

  @Test
  void theAddressesOfATargetOutliveWhoeverFollows() throws Exception {
    DnsSrvSource source = services(false);
    server.set(
        DnsServer.records(
            DnsServer.service("s.test", 9, 10, 1, 5000, "a.test"),
            DnsServer.service("s.test", 9, 10, 1, 5001, "b.test"),
            DnsServer.address("a.test", 9, "10.0.0.1"),
            DnsServer.address("b.test", 9, "10.0.0.2")));
    assertThat(listed(source, "s.test")).containsExactly("10.0.0.1:5000", "10.0.0.2:5001");

    server.failFor("b.test");

    assertThat(listed(source, "s.test")).containsExactly("10.0.0.1:5000", "10.0.0.2:5001");
  }

  @Test
  void whenNoTargetCanBeLookedUpTheNameServerIsAway() {
    server.set(DnsServer.records(DnsServer.service("s.test", 9, 10, 1, 5000, "a.test")));
    server.failFor("a.test");

    assertThatThrownBy(() -> listed(services(false), "s.test"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("a.test. A at");
  }

  @Test
  void aReferralIsNoEmptyAnswer() {
    server.refer();

    assertThatThrownBy(() -> lookup.find("a.test", Type.A))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("it refers to other name servers");
  }

  @Test
  void whatIsNoAnswerDoesNotEndTheWaitForOne() throws Exception {
    server.set(DnsServer.records(DnsServer.address("a.test", 9, "10.0.0.1")));
    server.garble();

    assertThat(listed(addresses(Family.ANY), "a.test")).containsExactly("10.0.0.1:80");

    server.silence(true);

    assertThatThrownBy(() -> lookup.find("a.test", Type.A))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("an answer that is no DNS");
  }

  @Test
  void anAnswerIsAskedForAgainAheadOfItsEnd() {
    Schedule schedule = new Schedule(Duration.ofSeconds(1), Duration.ofMinutes(1));

    assertThat(schedule.waitMillis(10, true, 0)).isEqualTo(8_000);
    assertThat(schedule.waitMillis(10, true, 1)).isEqualTo(9_000);
    assertThat(schedule.waitMillis(0, true, 0)).isEqualTo(1_000);
    assertThat(schedule.waitMillis(86_400, true, 0)).isEqualTo(60_000);
  }

  @Test
  void anAnswerThatIsDoubtedIsAskedForAgainWhenItHasEndedAndSoonAllTheSame() {
    Schedule schedule = new Schedule(Duration.ofMillis(100), Duration.ofMinutes(1));

    assertThat(schedule.waitMillis(2, false, 0)).isEqualTo(2_000);
    assertThat(schedule.waitMillis(30, false, 0)).isEqualTo(3_000);
    assertThat(schedule.waitMillis(0, false, 0)).isEqualTo(100);
    assertThat(new Schedule(Duration.ofHours(1), Duration.ofHours(1)).waitMillis(2, false, 0))
        .isEqualTo(3_000);
  }
}
