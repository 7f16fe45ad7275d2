package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever is written, the answer is settings or named problems, and it comes soon. */
class FuzzTest {

  private static final int ROUNDS = 20_000;

  private static final List<String> PIECES =
      List.of(
          "mesh.",
          "upstream.",
          "defaults.",
          "route.",
          "a",
          "b-c",
          ".",
          "..",
          "timeout",
          "servers",
          "1",
          "0",
          "-",
          "ms",
          "s",
          "h",
          "%",
          "k",
          "m",
          ",",
          ", ",
          " ",
          "=",
          ":",
          "[::1]",
          "10.0.0.1",
          ":80",
          "weight=",
          "backup",
          "none",
          "own",
          "off",
          "connect",
          "http_503",
          "500",
          "GET ",
          "/",
          "*",
          "true",
          "false",
          "stale",
          "default",
          "NaN",
          "\u0000",
          "\n",
          "\u202e",
          "٣",
          "é",
          "\ud800",
          "@",
          "://",
          "password=",
          "%40",
          "99999999999999999999",
          "1.5",
          "{",
          "}",
          "\\",
          "$1",
          "'");

  @Test
  @Timeout(120)
  void randomValuesOfAllKeysEndInSettingsOrNamedProblems() {
    Random random = new Random(20_261_122);
    List<Key<?>> keys = Grammar.keys();
    for (int round = 0; round < ROUNDS; round++) {
      Map<String, String> written = new HashMap<>();
      written.put("mesh.upstream.a.servers", "a:80");
      for (int i = 0; i < 3; i++) {
        Key<?> key = keys.get((round + i * 17) % keys.size());
        written.put(name(key, random), text(random));
      }
      assertSettingsOrNamedProblems(written);
    }
  }

  @Test
  @Timeout(120)
  void randomKeysEndInSettingsOrNamedProblems() {
    Random random = new Random(11);
    for (int round = 0; round < ROUNDS; round++) {
      assertSettingsOrNamedProblems(Map.of("mesh." + text(random), text(random)));
    }
  }

  @Test
  @Timeout(30)
  void valueOfAMegabyteIsAnsweredShortAndSoon() {
    List<String> values = new ArrayList<>();
    for (String piece :
        List.of("9", "x", "a,", "a:80,", "a:80 ", "[::1]:80,", "password=", "@", "-1")) {
      values.add(piece.repeat(1_000_000 / piece.length()));
    }
    for (Key<?> key : Grammar.keys()) {
      for (String value : values) {
        Map<String, String> written = new HashMap<>();
        written.put("mesh.upstream.a.servers", "a:80");
        written.put(name(key, new Random(1)), value);
        assertThat(problems(written))
            .allSatisfy(problem -> assertThat(problem.toString()).hasSizeLessThan(1_000));
      }
    }
    assertThat(problems(Map.of("mesh." + "x".repeat(1_000_000), "1"))).hasSize(1);
    assertThat(problems(Map.of("mesh.upstream." + "x".repeat(1_000_000) + ".timeout", "1")))
        .hasSize(1);
  }

  private static void assertSettingsOrNamedProblems(Map<String, String> written) {
    for (Problem problem : problems(written)) {
      assertThat(written.keySet().stream().map(Echo::key)).contains(problem.key());
      assertThat(problem.source()).isEqualTo("code");
      assertThat(problem.code()).matches("MESH-C0[1-8]");
      assertThat(problem.toString())
          .startsWith(problem.code() + " " + problem.key() + ": ")
          .endsWith(" [code]")
          .doesNotContain("\n", "\u0000", "\u202e");
      assertThat(problem.message()).isNotBlank();
    }
  }

  private static List<Problem> problems(Map<String, String> written) {
    try {
      assertThat(Configuration.open(Sources.of(written)).current().version()).isEqualTo(1);
      return List.of();
    } catch (MeshConfigException e) {
      assertThat(e.problems()).isNotEmpty();
      return e.problems();
    }
  }

  private static String name(Key<?> key, Random random) {
    String name = key.listName();
    if (key.level() == Level.ROUTE && random.nextInt(3) == 0) {
      name = "mesh.defaults." + key.name();
    }
    return name.replace("<name>", "a").replace("<route>", "r");
  }

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    int pieces = random.nextInt(6);
    for (int i = 0; i < pieces; i++) {
      if (random.nextInt(8) == 0) {
        text.append((char) random.nextInt(0x10000));
      } else {
        text.append(PIECES.get(random.nextInt(PIECES.size())));
      }
    }
    return text.toString();
  }
}
