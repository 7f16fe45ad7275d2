package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Server;
import dev.inmesh.server.ServerEntry;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class EntryCheckTest {

  private static final AllowedNetworks NETWORKS = AllowedNetworks.of(List.of("10.0.0.0/8"));

  /** Of few addresses, so that there are twins, and of some that can't be used. */
  private static ServerEntry entry(Random random) {
    ServerEntry entry =
        ServerEntry.of((random.nextInt(10) == 0 ? "192.0.2." : "10.0.0.") + random.nextInt(30), 80);
    int weight = random.nextInt(4);
    return weight == 0 ? entry : entry.with("weight", Integer.toString(weight));
  }

  @Test
  void whatIsRememberedChangesNothing() {
    Random random = new Random(1);
    EntryCheck remembering = new EntryCheck(NETWORKS);
    List<ServerEntry> entries = new ArrayList<>();
    for (int round = 0; round < 2000; round++) {
      for (int changes = random.nextInt(4); changes > 0; changes--) {
        if (entries.size() > random.nextInt(40)) {
          entries.remove(random.nextInt(entries.size()));
        } else {
          entries.add(random.nextInt(entries.size() + 1), entry(random));
        }
      }

      assertThat(remembering.check(entries)).isEqualTo(new EntryCheck(NETWORKS).check(entries));
    }
  }

  @Test
  void ofTwoEntriesOfOneServerTheFirstCountsWhicheverWasThereBefore() {
    ServerEntry light = ServerEntry.of("10.0.0.1", 80);
    ServerEntry heavy = light.with("weight", "5");
    EntryCheck check = new EntryCheck(NETWORKS);

    assertThat(weights(check.check(List.of(light)))).containsExactly(1);
    assertThat(weights(check.check(List.of(heavy, light)))).containsExactly(5);
    assertThat(weights(check.check(List.of(light, heavy)))).containsExactly(1);
    assertThat(weights(check.check(List.of(heavy)))).containsExactly(5);
  }

  private static List<Integer> weights(EntryCheck.Checked checked) {
    return checked.servers().stream().map(Server::weight).toList();
  }
}
