package dev.inmesh.registry;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.EntryCheck;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Server;
import dev.inmesh.server.ServerEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class SubsetTest {

  private static List<Server> servers(List<String> lines) {
    return new EntryCheck(AllowedNetworks.ANY)
        .check(lines.stream().map(ServerEntry::line).toList())
        .servers();
  }

  private static List<String> lines(int count) {
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add("10.0." + i / 250 + "." + (1 + i % 250) + ":80");
    }
    return lines;
  }

  private static Set<String> subset(List<String> lines, int size, long seed) {
    Set<String> addresses = new HashSet<>();
    Subset.of(servers(lines), size, seed).forEach(server -> addresses.add(server.address()));
    return addresses;
  }

  @Test
  void aServerThatJoinsOrLeavesMovesAtMostOneOther() {
    Random random = new Random(3);
    List<String> lines = lines(500);
    Set<String> before = subset(lines, 20, 42);

    for (int change = 0; change < 300; change++) {
      if (random.nextBoolean()) {
        lines.remove(random.nextInt(lines.size()));
      } else {
        lines.add("10.9." + change / 250 + "." + (1 + change % 250) + ":80");
      }
      Set<String> after = subset(lines, 20, 42);

      assertThat(after).hasSize(20);
      Set<String> joined = new HashSet<>(after);
      joined.removeAll(before);
      assertThat(joined).hasSizeLessThanOrEqualTo(1);
      before = after;
    }
  }

  @Test
  void processesTakeDifferentServersAndAllAreTaken() {
    Set<String> taken = new HashSet<>();
    for (long seed = 0; seed < 200; seed++) {
      taken.addAll(subset(lines(100), 10, seed * 0x9E3779B97F4A7C15L));
    }

    assertThat(subset(lines(100), 10, 1)).isNotEqualTo(subset(lines(100), 10, 2));
    assertThat(taken).hasSize(100);
  }

  @Test
  void fewServersAreAllTaken() {
    assertThat(subset(lines(3), 3, 1)).hasSize(3);
  }

  @Test
  void backupsAreCountedForThemselves() {
    List<String> lines = lines(10);
    lines.replaceAll(line -> line.endsWith("1:80") ? line : line + " backup");
    lines.addAll(List.of("10.1.0.1:80", "10.1.0.2:80", "10.1.0.3:80"));

    List<Server> subset = Subset.of(servers(lines), 2, 5);

    assertThat(subset.stream().filter(Server::backup)).hasSize(2);
    assertThat(subset.stream().filter(server -> !server.backup())).hasSize(2);
  }

  @Test
  void aDrainedServerIsSeenButNotCounted() {
    List<String> lines = lines(10);
    String drained = Subset.of(servers(lines), 3, 5).get(0).address();
    lines.replaceAll(line -> line.equals(drained) ? line + " drain" : line);

    List<Server> subset = Subset.of(servers(lines), 3, 5);

    assertThat(subset).hasSize(4);
    assertThat(subset.stream().filter(server -> !server.drain())).hasSize(3);
  }
}
