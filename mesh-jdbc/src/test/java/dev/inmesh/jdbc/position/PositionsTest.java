package dev.inmesh.jdbc.position;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What positions mean, without a server. */
final class PositionsTest {

  private static final Positions LOG = new LogSequence();
  private static final Positions GTIDS = new MariaDbGtids();
  private static final Positions SETS = new MySqlGtids();
  private static final String UUID = "3e11fa47-71ca-11e1-9e33-c80aa9429562";

  @ParameterizedTest
  @CsvSource({
    "0/1,0/2,0/2",
    "0/FFFFFFFF,1/0,1/0",
    "A/0,9/FFFFFFFF,A/0",
    "FFFFFFFF/FFFFFFFF,7FFFFFFF/0,FFFFFFFF/FFFFFFFF"
  })
  void theLaterPlaceInALogIsTheHigherNumber(String one, String other, String later) {
    assertThat(LOG.later(one, other)).isEqualTo(later);
    assertThat(LOG.later(other, one)).isEqualTo(later);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "/", "1/", "G/1", "123456789/0", "1/2/3", "1/2 OR 1", "-1/0"})
  void whatIsNoPlaceInALogIsNone(String text) {
    assertThat(LOG.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "0-1-9|0-1-10|0-1-10",
        "0-1-9|0-2-10|0-2-10",
        "0-1-9|1-1-3|0-1-9,1-1-3",
        "0-1-9,1-1-3|1-2-4|0-1-9,1-2-4",
        "0-1-9223372036854775808|0-1-1|0-1-9223372036854775808"
      })
  void theLaterGtidsAreTheLastOfEachDomain(String one, String other, String later) {
    assertThat(GTIDS.later(one, other)).isEqualTo(later);
    assertThat(GTIDS.later(other, one)).isEqualTo(later);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1", "0-1", "0-1-", "0-1-2,", "0-1-2-3", "0-1-2'", "-1-1-1", "0-1-x"})
  void whatIsNoGtidIsNone(String text) {
    assertThat(GTIDS.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {UUID + ":1-5", UUID + ":1-5:7", UUID + ":tag:1", UUID + ":1," + UUID + ":3"})
  void setsOfGtidsAreUnderstood(String text) {
    assertThat(SETS.parse(text)).contains(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", UUID, UUID + ":", UUID + ":1-", UUID + ":1,", "x:1", UUID + ":1'"})
  void whatIsNoSetIsNone(String text) {
    assertThat(SETS.parse(text)).isEmpty();
  }
}
