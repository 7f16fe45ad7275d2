package dev.inmesh.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.event.Outcome;
import dev.inmesh.server.Server;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
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
  @ValueSource(booleans = {true, false})
  void aListenerThatFailsInTheMidstOfAChangeSpoilsNoLaterList(boolean error) throws Exception {
    Random random = new Random(1);
    EngineHarness mesh =
        new EngineHarness("a:1, b:1", "balancer", "round_robin", "route.r.match", "GET /r");
    for (int round = 0; round < 300; round++) {
      mesh.events.failNext(
          error ? new StackOverflowError("of a test") : new IllegalStateException());
      try {
        mesh.reload("servers", list(random));
      } catch (StackOverflowError ofTheListener) {
        assertThat(error).isTrue();
      }
      mesh.events.failNext(null);
      String list = list(random);

      mesh.reload("servers", list);

      Set<String> expected = Set.of(list.split(", ", -1));
      assertThat(mesh.engine().servers(mesh.now()))
          .extracting(ServerView::address)
          .containsExactlyInAnyOrderElementsOf(expected);
      for (String path : List.of("/", "/r")) {
        assertThat(picked(mesh, path, expected.size())).isEqualTo(expected);
      }
    }
  }

  private static String list(Random random) {
    return random
        .ints(1 + random.nextInt(6), 'a', 'k' + 1)
        .distinct()
        .mapToObj(name -> (char) name + ":1")
        .collect(Collectors.joining(", "));
  }

  private static Set<String> picked(EngineHarness mesh, String path, int calls) throws Exception {
    Set<String> picked = new HashSet<>();
    for (int i = 0; i < calls; i++) {
      CallPlan plan = mesh.plan("GET", path);
      Lease lease = plan.first(mesh.now());
      picked.add(lease.address());
      lease.success(mesh.now());
      plan.end(Outcome.SUCCESS, true, false, mesh.now());
    }
    return picked;
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
