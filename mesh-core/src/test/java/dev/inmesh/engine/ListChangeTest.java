package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListChangeTest {

  private static List<Server> servers(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> Server.of("s" + i, 80)).toList();
  }

  private static long stayed(int[] from) {
    return IntStream.of(from).filter(place -> place >= 0).count();
  }

  private static void assertRight(List<Server> before, List<Server> after, int[] from) {
    assertThat(from).hasSize(after.size());
    int last = -1;
    for (int i = 0; i < from.length; i++) {
      if (from[i] >= 0) {
        assertThat(after.get(i)).isEqualTo(before.get(from[i]));
        assertThat(from[i]).as("none is taken twice").isGreaterThan(last);
        last = from[i];
      }
    }
  }

  @Test
  void aListThatIsReadAnewStaysWhereItIs() {
    int[] from = ListChange.places(servers(0, 1_000), servers(0, 1_000));

    assertThat(from).isEqualTo(IntStream.range(0, 1_000).toArray());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 32})
  void aFewThatJoinOrLeaveAtOnePlaceDisplaceNobody(int few) {
    List<Server> shorter = new ArrayList<>(servers(0, 500));
    shorter.addAll(servers(500 + few, 1_000));
    List<Server> longer = servers(0, 1_000);

    int[] joined = ListChange.places(shorter, longer);
    int[] left = ListChange.places(longer, shorter);

    assertRight(shorter, longer, joined);
    assertRight(longer, shorter, left);
    assertThat(stayed(joined)).isEqualTo(shorter.size());
    assertThat(stayed(left)).isEqualTo(shorter.size());
  }

  private static Server weighing(int weight, Server server) {
    return new Server(
        server.host(),
        server.port(),
        weight,
        server.maxConns(),
        server.maxFails(),
        server.failTimeout(),
        server.backup(),
        server.down(),
        server.drain(),
        server.zone(),
        server.region());
  }

  @Test
  void whoseWeightChangedIsToBeLookedAt() {
    List<Server> before = servers(0, 10);
    List<Server> after = new ArrayList<>(before);
    after.set(4, weighing(7, before.get(4)));

    assertThat(ListChange.places(before, after)).containsExactly(0, 1, 2, 3, -1, 5, 6, 7, 8, 9);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void whateverChangesNobodyIsTakenForAnother(long seed) {
    Random random = new Random(seed);
    List<Server> before = List.of();
    for (int round = 0; round < 2_000; round++) {
      List<Server> after = new ArrayList<>(before);
      for (int i = random.nextInt(20); i > 0; i--) {
        after.removeIf(server -> random.nextInt(15) == 0);
        after.add(random.nextInt(after.size() + 1), Server.of("n" + random.nextInt(1 << 20), 80));
        if (random.nextInt(40) == 0) {
          Collections.shuffle(after, random);
        }
      }

      assertRight(before, after, ListChange.places(before, after));
      before = after;
    }
  }
}
