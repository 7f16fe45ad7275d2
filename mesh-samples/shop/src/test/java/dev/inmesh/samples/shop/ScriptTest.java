package dev.inmesh.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ScriptTest {

  private static final Duration USUAL = Duration.ofMillis(80);

  @Test
  void stepsComeInTheOrderOfTheirTimes() {
    Script script = Script.parse("20s 2 hang; 500ms 1 slow 150ms;1m all well ;", 3);

    assertThat(script.steps())
        .containsExactly(
            new Script.Step(
                Duration.ofMillis(500),
                new Command(List.of(1), Fault.SLOW, Duration.ofMillis(150))),
            new Script.Step(Duration.ofSeconds(20), new Command(List.of(2), Fault.HANG, USUAL)),
            new Script.Step(
                Duration.ofMinutes(1), new Command(List.of(1, 2, 3), Fault.WELL, USUAL)));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''               | the script is empty
          ;                | the script is empty
          5 1 fail         | '5' is no duration; write 150ms, 5s or 2m
          5s               | '5s' is no step
          5s 1             | '1' is no command
          5s 4 fail        | no server '4'; there are 1 to 3, and all
          5s 0 fail        | no server '0'
          5s 1 flail       | 'flail' is none of well, slow, fail, hang, refuse
          5s 1 fail now    | only slow takes one more
          5s 1 slow soon   | 'soon' is no duration
          5s 1 slow 1s 2s  | only slow takes one more
          """)
  void wrongStepsAreRefusedWithTheMend(String text, String message) {
    assertThatThrownBy(() -> Script.parse(text, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}
