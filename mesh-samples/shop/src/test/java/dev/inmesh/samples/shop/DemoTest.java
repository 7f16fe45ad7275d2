package dev.inmesh.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Runs the demo as a person would. Says nothing of times: other builds share the machine. */
final class DemoTest {

  private static final Pattern SUMMARY =
      Pattern.compile(
          "summary: calls=(\\d+) live=([\\d.]+)% default=([\\d.]+)% failed=(\\d+) lost=(\\d+)"
              + " late=\\d+ worst-overshoot=[\\d.]+ms \\(pauses not counted; the longest took"
              + " [\\d.]+ms\\)"
              + " back-in-balance=(\\S+)\\R");

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private int run(InputStream in, String... args) throws Exception {
    return Demo.run(in, print(out), print(err), args);
  }

  private static PrintStream print(ByteArrayOutputStream to) {
    return new PrintStream(to, true, StandardCharsets.UTF_8);
  }

  @Test
  void everyCallEndsOnceWhateverOneServerDoes() throws Exception {
    int status;
    // A server that is well again is found out within a second, which the run leaves time for.
    System.setProperty("mesh.defaults.outlier.base-ejection-time", "500ms");
    System.setProperty("mesh.defaults.outlier.max-ejection-time", "1s");
    try {
      status =
          run(
              InputStream.nullInputStream(),
              "--seconds",
              "9",
              "--script",
              "1s 1 fail; 2s 1 refuse; 3s 1 hang; 4s 2 slow; 5s all well");
    } finally {
      System.clearProperty("mesh.defaults.outlier.base-ejection-time");
      System.clearProperty("mesh.defaults.outlier.max-ejection-time");
    }

    assertThat(status).isZero();
    Matcher summary = summary();
    assertThat(Integer.parseInt(summary.group(1))).isBetween(1600, 1900);
    assertThat(Double.parseDouble(summary.group(2))).as("live").isGreaterThanOrEqualTo(90);
    assertThat(Double.parseDouble(summary.group(2)) + Double.parseDouble(summary.group(3)))
        .isBetween(99.98, 100.02);
    assertThat(summary.group(4)).as("failed").isEqualTo("0");
    assertThat(summary.group(5)).as("lost").isEqualTo("0");
    assertThat(summary.group(6)).matches("1:\\d+\\.\\ds,2:\\d+\\.\\ds,3:\\d+\\.\\ds");
    assertThat(text()).containsPattern("counted: .*ejections");
  }

  @Test
  void everyCallHasTheDefaultWhileNoServerAnswers() throws Exception {
    run(InputStream.nullInputStream(), "--seconds", "2", "--script", "0s all refuse");

    Matcher summary = summary();
    assertThat(Double.parseDouble(summary.group(2)) + Double.parseDouble(summary.group(3)))
        .isBetween(99.98, 100.02);
    assertThat(Double.parseDouble(summary.group(3))).as("default").isGreaterThanOrEqualTo(90);
    assertThat(summary.group(4)).as("failed").isEqualTo("0");
    assertThat(summary.group(5)).as("lost").isEqualTo("0");
    assertThat(text()).containsPattern("counted: .*fallbacks\\[source=default]=\\d+");
  }

  @Test
  void eachSecondHasATableOfTheServersAndTheUpstream() throws Exception {
    run(InputStream.nullInputStream(), "--seconds", "2", "--rate", "20");

    List<String> lines = text().lines().toList();
    List<Integer> heads =
        IntStream.range(0, lines.size())
            .filter(i -> lines.get(i).startsWith("NAME"))
            .boxed()
            .toList();
    assertThat(heads).hasSize(2);
    for (int head : heads) {
      assertThat(lines.get(head).split(" +", -1))
          .containsExactly(
              "NAME",
              "SERVER",
              "STATE",
              "WEIGHT",
              "SUCCESS",
              "RPS",
              "P50",
              "P95",
              "P99",
              "INFLIGHT");
      assertThat(lines.get(head + 1)).startsWith("inventory/1 127.0.0.1:").contains(" up ");
      assertThat(lines.get(head + 2)).startsWith("inventory/2 127.0.0.1:");
      assertThat(lines.get(head + 3)).startsWith("inventory/3 127.0.0.1:");
      assertThat(lines.get(head + 4)).startsWith("inventory   all").contains(" closed ");
    }
  }

  @Test
  void typedCommandsAreObeyedAndEndIt() throws Exception {
    InputStream typed =
        new ByteArrayInputStream("1 fail\n9 fail\n1 well\nq\n".getBytes(StandardCharsets.UTF_8));

    assertThat(run(typed)).isZero();
    assertThat(text()).contains("> server 1: fail", "> server 1: well", "summary: ");
    assertThat(err.toString(StandardCharsets.UTF_8)).contains("no server '9'");
  }

  @Test
  void systemPropertiesOverruleTheDemosOwn() throws Exception {
    System.setProperty("mesh.defaults.fallback", "none");
    try {
      run(InputStream.nullInputStream(), "--seconds", "1", "--script", "0s all refuse");
    } finally {
      System.clearProperty("mesh.defaults.fallback");
    }

    Matcher summary = summary();
    assertThat(Integer.parseInt(summary.group(4))).as("failed").isPositive();
    assertThat(text()).contains("last dev.inmesh.call.");
  }

  private String text() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private Matcher summary() {
    Matcher matcher = SUMMARY.matcher(text());
    assertThat(matcher.find()).as(text()).isTrue();
    return matcher;
  }
}
