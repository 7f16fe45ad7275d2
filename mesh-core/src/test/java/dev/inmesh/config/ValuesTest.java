package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {

  private static final DurationType DURATION =
      new DurationType(Duration.ofMillis(1), Duration.ofDays(1));

  @ParameterizedTest
  @CsvSource({"250ms,250", "3s,3000", "2m,120000", "1h,3600000", "' 3s ',3000", "0003s,3000"})
  void durationIsANumberWithAUnit(String text, long millis) throws Refused {
    assertThat(DURATION.parse(text)).isEqualTo(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @CsvSource({
    "250, C02, no unit; write 250ms or 250s",
    "0, C02, no unit; write 0ms or 0s",
    "0.5s, C02, is not a whole number; write 500ms",
    "1.5s, C02, write 1500ms",
    "1.5h, C02, write 90m",
    ".25m, C02, write 15s",
    "0.25ms, C02, 'write whole milliseconds, like 1ms'",
    "2.7ms, C02, 'write whole milliseconds, like 3ms'",
    "1.s, C02, not a duration",
    "1.5d, C02, not a duration",
    "5us, C02, unknown unit",
    "5d, C02, unknown unit",
    "5S, C02, unknown unit",
    "5 s, C02, unknown unit",
    "-5s, C03, is negative",
    "-5, C03, is negative",
    "0ms, C03, outside 1ms to 24h",
    "25h, C03, outside 1ms to 24h",
    "99999999999999999999s, C03, outside",
    "9223372036854775807h, C03, outside",
    "NaN, C02, not a duration",
    "Infinity, C02, not a duration",
    "٣s, C02, not a duration",
    "1e3s, C02, not a duration",
    "+5s, C02, not a duration",
    "'', C02, not a duration",
    "s, C02, not a duration",
    "1s2s, C02, not a duration",
  })
  void durationOfAnotherFormIsRefused(String text, String code, String reason) {
    assertRefused(DURATION, text, code, reason);
  }

  @ParameterizedTest
  @CsvSource({"50%,0.5", "0%,0", "100%,1", "2.5%,0.025"})
  void percentBecomesARatio(String text, double ratio) throws Refused {
    assertThat(new PercentType(0, 100).parse(text)).isEqualTo(ratio);
  }

  @ParameterizedTest
  @CsvSource({
    "50, C02, no unit; write 50%",
    "101%, C03, outside 0% to 100%",
    "-1%, C03, negative",
    "NaN%, C02, not a percentage",
    "٥٠%, C02, not a percentage",
    "0.5, C02, not a percentage",
  })
  void percentOfAnotherFormIsRefused(String text, String code, String reason) {
    assertRefused(new PercentType(0, 100), text, code, reason);
  }

  @ParameterizedTest
  @CsvSource({"512,512", "64k,65536", "10m,10485760", "1g,1073741824"})
  void sizeIsInPowersOf1024(String text, long bytes) throws Refused {
    assertThat(new SizeType(1, 1L << 40).parse(text)).isEqualTo(bytes);
  }

  @ParameterizedTest
  @CsvSource({
    "10K, C02, not a size",
    "1t, C02, not a size",
    "0, C03, outside 1 to 1g",
    "2g, C03, outside 1 to 1g",
    "-1k, C03, negative",
    "99999999999g, C03, outside",
  })
  void sizeOfAnotherFormIsRefused(String text, String code, String reason) {
    assertRefused(new SizeType(1, 1 << 30), text, code, reason);
  }

  @ParameterizedTest
  @CsvSource({
    "1.0, C02, not a whole number",
    "abc, C02, not a whole number",
    "'', C02, not a whole number",
    "２, C02, not a whole number",
    "-1, C03, negative",
    "4294967297, C03, outside",
    "99999999999999999999999, C03, outside",
  })
  void countOfAnotherFormIsRefused(String text, String code, String reason) {
    assertRefused(new CountType(1, 100), text, code, reason);
  }

  @ParameterizedTest
  @ValueSource(strings = {"NaN", "Infinity", "1e5", "0x1", "1d", ".5", "5."})
  void numberOfAnotherFormIsRefused(String text) {
    assertRefused(new DecimalType(0, 10), text, "C02", "not a number");
  }

  @ParameterizedTest
  @ValueSource(strings = {"TRUE", "yes", "1", "on", ""})
  void onlyTrueAndFalseAreBooleans(String text) {
    assertRefused(WordType.booleans(), text, "C02", "is none of true, false");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/x", "GET", "get /x", "GET x", "GET /a*b", "GET /x?y=1", "GET /x#y", "* *", ""})
  void matchIsAMethodAndAPath(String text) {
    assertRefused(new RouteMatchType(), text, "C02", "write them like 'GET /v1/stock/*'");
  }

  @Test
  void emptyEntryOfAListIsRefused() {
    ListType<Integer> list = ListType.of(new CountType(1, 9));

    assertRefused(list, "1,,2", "C02", "empty entry");
    assertRefused(list, "1,", "C02", "empty entry");
    assertRefused(list, " ", "C02", "is empty");
  }

  @Test
  void allFaultsOfAListAreNamed() {
    Refused e =
        catchThrowableOfType(
            Refused.class, () -> ListType.of(new CountType(1, 9)).parse("x, 10, 3"));

    assertThat(e.faults()).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"plain", "a/b/c", "text/plain\r\nX: y", "text/plain; a\u0000", "/", ""})
  void contentTypeIsATypeAndASubtype(String text) {
    assertRefused(Grammar.FALLBACK_CONTENT_TYPE.type(), text, "C02", "is not a content type");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a b", "*", "a:b", "ø"})
  void varyNamesHeaders(String text) {
    assertRefused(Grammar.FALLBACK_VARY.type(), text, "C02", "is not a header");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"healthz", "", "http://a/healthz", "/a b", "/a#b", "/a\\b", "/æ", "/a|b", "/a%2"})
  void healthCheckPathBeginsWithASlash(String text) {
    assertRefused(
        Grammar.HEALTH_CHECK_PATH.type(),
        text,
        "C02",
        "is not a URL path; write one that begins with '/', like /healthz");
  }

  private static void assertRefused(ValueType<?> type, String text, String code, String reason) {
    Refused e = catchThrowableOfType(Refused.class, () -> type.parse(text));
    assertThat(e).as("refusal of '%s'", text).isNotNull();
    assertThat(e.faults().get(0).code().code()).isEqualTo("MESH-" + code);
    assertThat(e.faults().get(0).message()).contains(reason);
  }
}
