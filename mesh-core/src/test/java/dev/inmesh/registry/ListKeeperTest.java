package dev.inmesh.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.UpstreamSettings.Discovery;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Listing;
import dev.inmesh.server.Server;
import dev.inmesh.server.ServerEntry;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

final class ListKeeperTest {

  private static final long SECOND = 1_000_000_000;

  private final AtomicLong clock = new AtomicLong();
  private final AtomicInteger changes = new AtomicInteger();
  private final Listing speaker = speaker();
  private final ListKeeper keeper = keeper(Optional.empty(), Optional.empty());

  private ListKeeper keeper(Optional<Duration> maxStale, Optional<Integer> subset) {
    ListKeeper made =
        new ListKeeper(
            "inventory",
            settings(maxStale, subset),
            AllowedNetworks.of(List.of("10.0.0.0/8", "fd00::/8")),
            clock::get,
            7,
            changes::incrementAndGet);
    made.hear(speaker);
    return made;
  }

  private static Discovery settings(Optional<Duration> maxStale, Optional<Integer> subset) {
    return new Discovery("dns", "inventory", Duration.ZERO, maxStale, subset);
  }

  private static Listing speaker() {
    return new Listing() {
      @Override
      public boolean list(List<ServerEntry> entries) {
        return true;
      }

      @Override
      public void unchanged() {}
    };
  }

  private boolean say(String... lines) {
    return say(keeper, lines);
  }

  private boolean say(ListKeeper to, String... lines) {
    return to.listed(speaker, Arrays.stream(lines).map(ServerEntry::line).toList());
  }

  private List<String> servers() {
    return servers(keeper);
  }

  private static List<String> servers(ListKeeper of) {
    return of.servers().orElseThrow().stream().map(Server::address).toList();
  }

  @Test
  void beforeTheFirstListThereIsNone() {
    assertThat(keeper.servers()).isEmpty();
    assertThat(keeper.age(0)).isEmpty();
    assertThat(keeper.words(0)).isEqualTo("no list from dns yet");
  }

  @Test
  void aListInAnotherOrderIsNoChange() {
    say("10.0.0.1:80", "10.0.0.2:80");

    assertThat(say("10.0.0.2:80", "10.0.0.1:80")).isTrue();

    assertThat(servers()).containsExactly("10.0.0.1:80", "10.0.0.2:80");
    assertThat(changes).hasValue(1);
  }

  @Test
  void attributesThatChangeAreAChange() {
    say("10.0.0.1:80");
    say("10.0.0.1:80 drain");

    assertThat(keeper.servers().orElseThrow().get(0).drain()).isTrue();
    assertThat(changes).hasValue(2);
  }

  @Test
  void anEmptyListIsBelievedWhenItIsStillSaidFiveSecondsLater() {
    say("10.0.0.1:80");

    assertThat(say()).isFalse();
    assertThat(servers()).containsExactly("10.0.0.1:80");
    assertThat(keeper.words(clock.get())).isEqualTo("list from dns 0s ago (it lists no server)");

    clock.addAndGet(ListKeeper.CONFIRM_NANOS - 1);
    assertThat(say()).isFalse();
    assertThat(servers()).containsExactly("10.0.0.1:80");

    clock.addAndGet(1);
    assertThat(say()).isTrue();
    assertThat(servers()).isEmpty();
  }

  @Test
  void anEmptyListBeforeAnOutageDoesNotConfirmTheOneAfterIt() {
    say("10.0.0.1:80");
    assertThat(say()).isFalse();
    keeper.failed(speaker, "connection refused");
    clock.addAndGet(ListKeeper.CONFIRM_NANOS);

    assertThat(say()).isFalse();

    assertThat(servers()).containsExactly("10.0.0.1:80");
  }

  @Test
  void aListThatCouldNotBeTakenOverIsTriedAgainAndIsNotTheRegistrysFault() {
    AtomicInteger tries = new AtomicInteger();
    ListKeeper failing =
        new ListKeeper(
            "inventory",
            settings(Optional.empty(), Optional.empty()),
            AllowedNetworks.ANY,
            clock::get,
            7,
            () -> {
              if (tries.incrementAndGet() < 3) {
                throw new IllegalStateException("a bug");
              }
            });
    failing.hear(speaker);

    assertThat(say(failing, "10.0.0.1:80")).isTrue();
    assertThat(failing.words(0)).isEqualTo("list from dns 0s ago");
    failing.tick(0);
    failing.tick(0);
    failing.tick(0);

    assertThat(tries).hasValue(3);
  }

  @Test
  void aListOfWhichNothingCanBeUsedEndsByMaxStale() {
    ListKeeper bounded = keeper(Optional.of(Duration.ofSeconds(10)), Optional.empty());
    say(bounded, "10.0.0.1:80");
    say(bounded, "192.0.2.1:80");

    clock.addAndGet(11 * SECOND);
    bounded.tick(clock.get());

    assertThat(servers(bounded)).isEmpty();
  }

  @Test
  void anEmptyListBetweenTwoOthersIsForgotten() {
    say("10.0.0.1:80");
    assertThat(say()).isFalse();
    say("10.0.0.1:80");

    assertThat(say()).isFalse();

    assertThat(servers()).containsExactly("10.0.0.1:80");
  }

  @Test
  void aListOfWhichNothingCanBeUsedIsNeverBelieved() {
    say("10.0.0.1:80");

    for (int i = 0; i < 5; i++) {
      assertThat(say("192.168.0.1:80", "nonsense")).isFalse();
    }

    assertThat(servers()).containsExactly("10.0.0.1:80");
    assertThat(keeper.words(clock.get())).contains("none of its 2 entries can be used");
  }

  @Test
  void whatCannotBeUsedIsDroppedAndTheRestHolds() {
    say(
        "10.0.0.1:80",
        "192.168.0.1:80",
        "10.0.0.2:0",
        "10.0.0.3:80 weight=-1",
        "10.0.0.4:80 zone=" + "x".repeat(1 << 20),
        "10.0.0.5:80 zone=a\u0007",
        "10.0.0.6:80 colour=red",
        "0x0a.0.0.7:80",
        "10.0.0.8:80");

    assertThat(servers()).containsExactly("10.0.0.1:80", "10.0.0.8:80");
  }

  @Test
  void aServerThatIsSpelledInTwoWaysIsOne() {
    say("[fd00::1]:80", "[fd00:0:0:0:0:0:0:1]:80 weight=3", "A.test:80", "a.TEST:80", "a.test:81");

    assertThat(servers()).containsExactly("a.test:80", "a.test:81", "[fd00::1]:80");
    assertThat(keeper.servers().orElseThrow().get(2).weight()).isEqualTo(1);
  }

  @Test
  void theAgeGrowsUntilTheListIsConfirmed() {
    say("10.0.0.1:80");
    clock.addAndGet(4 * SECOND);

    assertThat(keeper.age(clock.get())).hasValue(4);
    assertThat(keeper.words(clock.get())).isEqualTo("list from dns 4s ago");

    keeper.unchanged(speaker);
    assertThat(keeper.age(clock.get())).hasValue(0);
    assertThat(changes).hasValue(1);
  }

  @Test
  void theListStaysWhileTheRegistryIsAway() {
    say("10.0.0.1:80");

    keeper.failed(speaker, "connection refused");
    clock.addAndGet(3600 * SECOND);
    keeper.tick(clock.get());

    assertThat(servers()).containsExactly("10.0.0.1:80");
    assertThat(keeper.words(clock.get())).isEqualTo("list from dns 3600s ago (connection refused)");
  }

  @Test
  void aListThatIsTooOldIsDroppedUntilItIsConfirmed() {
    ListKeeper bounded = keeper(Optional.of(Duration.ofSeconds(60)), Optional.empty());
    say(bounded, "10.0.0.1:80");

    clock.addAndGet(61 * SECOND);
    bounded.tick(clock.get());
    assertThat(servers(bounded)).as("nobody says that the registry is away").isNotEmpty();

    bounded.failed(speaker, "connection refused");
    bounded.tick(clock.get());
    assertThat(servers(bounded)).isEmpty();
    assertThat(bounded.words(clock.get()))
        .isEqualTo("list from dns 61s ago, older than discovery.max-stale (connection refused)");

    bounded.unchanged(speaker);
    assertThat(servers(bounded)).containsExactly("10.0.0.1:80");
    assertThat(changes).hasValue(3);
  }

  @Test
  void whoeverIsNoLongerFollowedIsNotHeard() {
    say("10.0.0.1:80");
    keeper.hear(speaker());

    assertThat(say("10.0.0.2:80")).isTrue();
    keeper.failed(speaker, "too late");

    assertThat(servers()).containsExactly("10.0.0.1:80");
    assertThat(keeper.words(clock.get())).isEqualTo("list from dns 0s ago");
  }

  @Test
  void otherNetworksHoldForTheListThatIsThere() {
    say("10.0.0.1:80", "10.1.0.1:80");

    keeper.apply(
        settings(Optional.empty(), Optional.empty()),
        AllowedNetworks.of(List.of("10.1.0.0/16", "192.168.0.0/16")));

    assertThat(servers()).containsExactly("10.1.0.1:80");
  }

  @Test
  void aSubsetIsOfTheListThatIsThere() {
    ListKeeper few = keeper(Optional.empty(), Optional.of(2));
    say(few, "10.0.0.1:80", "10.0.0.2:80", "10.0.0.3:80", "10.0.0.4:80");
    assertThat(servers(few)).hasSize(2);

    few.apply(settings(Optional.empty(), Optional.of(3)), AllowedNetworks.ANY);

    assertThat(servers(few)).hasSize(3);
  }
}
