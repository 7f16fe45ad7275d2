package dev.inmesh.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      value = {
        "http://user:s3cret@host:80/x http://***@host:80/x",
        "jdbc:postgresql://h/db?user=u&password=s3cret&ssl=true jdbc:postgresql://h/db?user=u&password=***&ssl=true",
        "jdbc:sqlserver://h;user=u;password=s3&c,ret;encrypt=true jdbc:sqlserver://h;user=u;password=***;encrypt=true",
        "jdbc:sqlserver://h;password={s3;cret};encrypt=true jdbc:sqlserver://h;password=***;encrypt=true",
        "jdbc:oracle:thin:scott/s3cret@//h:1521/x jdbc:oracle:thin:***@//h:1521/x",
        "scott/s3cret@h:1521/x ***@h:1521/x",
        "admin:s3cret@10.0.0.1:80 ***@10.0.0.1:80",
        "http://h/?access_token=s3cret http://h/?access_token=***",
        "10.0.0.1:80 10.0.0.1:80",
        "ops@example.no ops@example.no",
        "jdbc:oracle:thin:@//h:1521/x jdbc:oracle:thin:@//h:1521/x",
        "GET GET",
      })
  void credentialsAreMaskedAndTheRestStays(String text, String redacted) {
    assertThat(Redaction.redact(text)).isEqualTo(redacted);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://user:s3cret@h",
        "http://user:a@s3cret@h",
        "http://user:a/s3cret@h",
        "http://user:a s3cret@h",
        "HTTP://USER:s3cret@h",
        "x http://user:s3cret@h y",
        "http%3A%2F%2Fuser%3As3cret%40h",
        "http%253A%252F%252Fuser%253As3cret%2540h",
        "http://user:p%40s3cret@h",
        "jdbc:mysql://h/db?password=s3cret",
        "jdbc:mysql://h/db?PASSWORD=s3cret",
        "jdbc:mysql://h/db?p%61ssword=s3cret",
        "jdbc:mysql://h/db?user=u%26password%3Ds3cret",
        "jdbc:mysql://(host=h,user=u,password=s3cret)/db",
        "jdbc:mysql://h/db?password=a@s3cret",
        "jdbc:x://h;Password = s3cret;a=b",
        "jdbc:x://h;trustStorePassword=s3cret",
        "password=s3cret",
        "{\"token\": \"s3cret\"}",
        "token: s3cret",
        "password='a s3cret'",
        "api-key=s3cret",
        "client_secret=s3cret",
        "jdbc:oracle:thin:scott/\"a@s3cret\"@h",
        "jdbc:oracle:oci:scott/s3cret@h",
        "100%;password=s3cret",
      })
  void noCredentialIsLeft(String text) {
    assertThat(Redaction.redact(text)).doesNotContain("s3cret");
    assertThat(Echo.value(text)).doesNotContain("s3cret");
  }

  /** Everything that shows a value, for every key. */
  @Test
  void noSinkShowsACredential() {
    for (Key<?> key : Grammar.keys()) {
      String name =
          (key.level().prefix() + key.name()).replace("<name>", "a").replace("<route>", "r");
      for (String value : List.of("http://user:s3cret@h", "x;password=s3cret")) {
        RecordedLog log = new RecordedLog();
        Map<String, String> code =
            Written.keys("mesh.upstream.a.servers=a:80", "mesh.upstream.a.route.r.match=* /*");
        Map<String, String> properties = new HashMap<>();
        Configuration configuration =
            Configuration.open(new Sources(() -> properties, Map::of, code), log);

        properties.put(name, value);
        properties.put("mesh." + value, value);
        String problems = configuration.reload().problems().toString();
        properties.remove("mesh." + value);
        configuration.reload();

        assertThat(problems).doesNotContain("s3cret");
        assertThat(log.infos.toString() + log.warnings).doesNotContain("s3cret");
        assertThat(configuration.current().entries().toString()).doesNotContain("s3cret");
      }
    }
  }

  @Test
  void secretBehindTheCutIsStillFound() {
    String text = "http://user:" + "s3cret".repeat(100) + "@h";

    assertThat(Echo.value(text)).isEqualTo("http://***@h");
  }

  @Test
  void longTextIsCutAndControlCharactersAreEscaped() {
    assertThat(Echo.value("x".repeat(1_000_000)))
        .isEqualTo("x".repeat(80) + "... (1000000 characters)");
    assertThat(Echo.value("a\nb\r\t\u0000\u001b[31m\u202e\u2028\ud800"))
        .isEqualTo("a\\nb\\r\\t\\u0000\\u001b[31m\\u202e\\u2028\\ud800");
  }

  @Test
  @Timeout(20)
  void hostileTextsTakeLinearTime() {
    for (String part : List.of("password", "://", "@:/", "%25", ";password=", "a", "token={")) {
      String text = part.repeat(1_000_000 / part.length());
      assertThatCode(() -> Redaction.redact(text)).doesNotThrowAnyException();
    }
  }
}
