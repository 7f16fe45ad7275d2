package dev.inmesh.jdbc.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Objects;
import org.junit.jupiter.api.Test;

class LineTest {

  private static final long MS = 1_000_000;
  private static final long MAX_WAIT = 250 * MS;

  /** Far from zero, as a clock may be, and about to overflow. */
  private final long start = Long.sum(Long.MAX_VALUE, -50 * MS);

  private final Line<String> line = new Line<>();

  @Test
  void firstComeIsFirstServedWhileTheLineIsYoung() {
    Line.Place<String> first = add("a", 0);
    add("b", 50);

    assertThat(next(99)).isEqualTo("a");

    line.remove(first);
    assertThat(next(99)).isEqualTo("b");
  }

  @Test
  void theNewestIsServedFirstOnceTheLineHasStood() {
    add("a", 0);
    add("b", 50);

    assertThat(next(100)).isEqualTo("b");
  }

  @Test
  void whoHasWaitedBrieflyIsRefusedOnceTheLineHasStoodButForTheNewest() {
    Line.Place<String> oldest = add("a", 0);
    Line.Place<String> late = add("b", 98);
    Line.Place<String> newest = add("c", 99);

    assertThat(line.until(oldest, start)).isEqualTo(at(100));
    assertThat(line.until(late, start)).isEqualTo(at(103));
    assertThat(line.until(newest, start)).isEqualTo(at(99 + 250));
  }

  @Test
  void whoIsTheNewestAgainMayWaitOn() {
    Line.Place<String> older = add("a", 0);
    Line.Place<String> newest = add("b", 99);

    line.remove(newest);

    assertThat(line.until(older, at(102))).isEqualTo(at(250));
  }

  @Test
  void aLineThatWasEmptyIsYoungAgain() {
    line.remove(add("a", 0));
    add("b", 200);
    add("c", 201);

    assertThat(line.isStanding(at(299))).isFalse();
    assertThat(next(299)).isEqualTo("b");
    assertThat(next(300)).isEqualTo("c");
  }

  @Test
  void nobodyWaitsLongerThanTheOwnEnd() {
    Line.Place<String> hurried = line.add("a", start, at(20));
    add("b", 1);

    assertThat(line.until(hurried, start)).isEqualTo(at(20));
  }

  private Line.Place<String> add(String who, int millis) {
    long now = at(millis);
    return line.add(who, now, now + MAX_WAIT);
  }

  private String next(int millis) {
    return Objects.requireNonNull(line.next(at(millis))).who;
  }

  private long at(int millis) {
    return start + millis * MS;
  }
}
