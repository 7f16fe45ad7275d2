package dev.inmesh.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OptionsTest {

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(String... args) throws Exception {
    return Demo.run(InputStream.nullInputStream(), print(out), print(err), args);
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  @Test
  void withoutArgumentsItRunsTwoHundredCallsASecondForEver() {
    assertThat(Options.parse()).isEqualTo(new Options(Optional.empty(), 200, Script.NONE, false));
  }

  @Test
  void argumentsOverruleTheDefaults() {
    Options options = Options.parse("--rate", "50", "--seconds", "3", "--script", "1s 1 fail");

    assertThat(options.rate()).isEqualTo(50);
    assertThat(options.seconds()).contains(3);
    assertThat(options.script()).isEqualTo(Script.parse("1s 1 fail", 3));
  }

  @Test
  void helpIsPrintedAndEndsWell() throws Exception {
    assertThat(run("--help")).isZero();
    assertThat(out.toString(StandardCharsets.UTF_8)).contains("--seconds N", "--script");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          --second 3     | unknown argument '--second'
          --seconds      | --seconds needs a value
          --seconds soon | --seconds takes a number from 1 to 86400, not 'soon'
          --rate 0       | --rate takes a number from 1 to 10000, not '0'
          --rate -5      | --rate takes a number from 1 to 10000, not '-5'
          --script 5s    | '5s' is no step
          """)
  void badArgumentsAreNamedAndEndWithTwo(String args, String message) throws Exception {
    assertThat(run(args.split(" ", -1))).isEqualTo(2);
    assertThat(err.toString(StandardCharsets.UTF_8)).contains(message, "usage: ");
  }

  @Test
  void badPropertiesOfTheMeshEndWithTwo() throws Exception {
    System.setProperty("mesh.defaults.timout", "1s");
    try {
      assertThat(run("--seconds", "1")).isEqualTo(2);
    } finally {
      System.clearProperty("mesh.defaults.timout");
    }

    assertThat(err.toString(StandardCharsets.UTF_8)).contains("MESH-C01 mesh.defaults.timout");
  }
}
