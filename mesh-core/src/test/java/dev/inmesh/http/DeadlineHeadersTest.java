package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.call.Deadline;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DeadlineHeadersTest {

  private static final String ENVOY = "x-envoy-expected-rq-timeout-ms";
  private static final String GRPC = "grpc-timeout";
  private static final List<String> BOTH = List.of(ENVOY, GRPC);

  @ParameterizedTest
  @CsvSource({
    ENVOY + ",60000,60000",
    ENVOY + ",' 60000 ',60000",
    GRPC + ",60000m,60000",
    GRPC + ",60S,60000",
    GRPC + ",2M,120000",
    GRPC + ",1H,3600000",
    GRPC + ",60000000u,60000",
  })
  void aDurationIsRead(String header, String value, long millis) {
    Duration left = read(Map.of(header, value));

    assertThat(left).isBetween(Duration.ofMillis(millis - 10_000), Duration.ofMillis(millis));
  }

  @Test
  void theEarliestCounts() {
    assertThat(read(Map.of(ENVOY, "3600000", GRPC, "1M"))).isLessThan(Duration.ofMinutes(2));
    assertThat(read(Map.of(ENVOY, "60000", GRPC, "1H"))).isLessThan(Duration.ofMinutes(2));
  }

  @Test
  void zeroLeavesNothing() {
    assertThat(read(Map.of(ENVOY, "0"))).isZero();
    assertThat(read(Map.of(GRPC, "0n"))).isZero();
  }

  @Test
  void whatIsHugeIsADay() {
    assertThat(read(Map.of(GRPC, "99999999H"))).isBetween(Duration.ofHours(23), Duration.ofDays(1));
    assertThat(read(Map.of(ENVOY, "99999999"))).isLessThanOrEqualTo(Duration.ofDays(1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "-1",
        "-5m",
        "+5",
        "1.5",
        "1e3",
        "0x10",
        "5 0",
        "m",
        "S",
        "5s",
        "5ms",
        "123456789",
        "123456789m",
        "\u0661",
        "\u0661m",
        "NaN",
        "99999999999999999999999"
      })
  void whatCannotBeUnderstoodIsIgnored(String value) {
    assertThat(DeadlineHeaders.read(List.of(ENVOY), name -> value)).isEmpty();
    assertThat(DeadlineHeaders.read(List.of(GRPC), name -> value)).isEmpty();
  }

  @Test
  void withoutAHeaderThereIsNone() {
    assertThat(DeadlineHeaders.read(BOTH, name -> null)).isEmpty();
    assertThat(DeadlineHeaders.read(List.of(), name -> "5")).isEmpty();
  }

  @Test
  void noTextBreaksIt() {
    Random random = new Random(3);
    for (int i = 0; i < 20_000; i++) {
      String text =
          random
              .ints(random.nextInt(12), 0, 128)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();

      DeadlineHeaders.read(BOTH, name -> text)
          .ifPresent(deadline -> assertThat(deadline.remaining()).isLessThan(Duration.ofHours(25)));
    }
  }

  @Test
  void whatIsLeftIsWrittenAsItsReaderWantsIt() {
    assertThat(DeadlineHeaders.write(ENVOY, 250_900_000)).isEqualTo("250");
    assertThat(DeadlineHeaders.write(GRPC, 250_900_000)).isEqualTo("250m");
    assertThat(DeadlineHeaders.write(GRPC, 1_000_000)).isEqualTo("1m");
    assertThat(DeadlineHeaders.write(GRPC, Long.MAX_VALUE)).isEqualTo("99999999m");
  }

  /** gRPC wants a positive number, and to some a zero is no timeout at all. */
  @Test
  void littleTimeIsNeverWrittenAsNone() {
    assertThat(DeadlineHeaders.write(ENVOY, 999_999)).isEqualTo("1");
    assertThat(DeadlineHeaders.write(ENVOY, -5)).isEqualTo("1");
    assertThat(DeadlineHeaders.write(GRPC, 999_999)).isEqualTo("999u");
    assertThat(DeadlineHeaders.write(GRPC, 999)).isEqualTo("1u");
    assertThat(DeadlineHeaders.write(GRPC, -5)).isEqualTo("1u");
  }

  private static Duration read(Map<String, String> headers) {
    return DeadlineHeaders.read(BOTH, headers::get).map(Deadline::remaining).orElseThrow();
  }
}
