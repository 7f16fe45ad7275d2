package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NearMissTest {

  @ParameterizedTest
  @CsvSource({
    "timeout,timeout,0",
    "timout,timeout,1",
    "timeuot,timeout,1",
    "tiemotu,timeout,2",
    "'',abc,3",
    "abc,'',3",
    "kitten,sitting,3",
  })
  void distanceCountsChangesAndSwaps(String a, String b, int distance) {
    assertThat(NearMiss.distance(a, b)).isEqualTo(distance);
    assertThat(NearMiss.distance(b, a)).isEqualTo(distance);
  }

  @Test
  void onlyANearWordIsSuggested() {
    assertThat(NearMiss.of("wran", List.of("fail", "warn"))).contains("warn");
    assertThat(NearMiss.of("no", List.of("on", "off"))).contains("on");
    assertThat(NearMiss.of("yes", List.of("true", "false"))).isEmpty();
    assertThat(NearMiss.of("x", List.of("on"))).isEmpty();
    assertThat(NearMiss.of("x".repeat(1_000_000), List.of("x"))).isEmpty();
  }
}
