package dev.inmesh.jdbc.throttle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.jdbc.signal.DiskOperation;
import dev.inmesh.jdbc.signal.Measure;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class ClientEvidenceTest {

  private static final long MILLI = 1_000_000;
  private static final Measure SLOW_READ = new Measure(DiskOperation.READ, 20);

  private final ClientEvidence evidence = new ClientEvidence();
  private long now;

  @Test
  void statementsThatTakeAsTheyAlwaysDoDontAgree() {
    usually(texts(text("a", 100, 3), text("b", 10, 40)));

    assertThat(agrees(texts(text("a", 90, 3.2), text("b", 12, 38)))).isFalse();
  }

  @Test
  void eachTextIsComparedWithItself() {
    usually(texts(text("a", 100, 3), text("b", 10, 40)));

    assertThat(agrees(texts(text("b", 100, 40)))).as("more of the long ones").isFalse();
    assertThat(agrees(texts(text("a", 100, 4.5)))).as("slower").isTrue();
  }

  @Test
  void whereMostTimeIsSpentCountsMost() {
    usually(texts(text("a", 100, 3), text("b", 100, 40)));

    assertThat(agrees(texts(text("a", 100, 5), text("b", 100, 40)))).isFalse();
    assertThat(agrees(texts(text("a", 100, 3), text("b", 100, 60)))).isTrue();
  }

  @Test
  void aCommitIsComparedWithoutThePing() {
    usually(commits(20, 12, 10));

    assertThat(agrees(commits(20, 32, 30))).as("the network").isFalse();
    assertThat(agrees(commits(20, 13, 10))).as("the disk").isTrue();
  }

  @Test
  void slowWindowsAreNotLearntWhenToldSo() {
    usually(texts(text("a", 100, 3)));
    for (int i = 0; i < 500; i++) {
      evidence.window(texts(text("a", 100, 30)), false, now++);
    }

    assertThat(agrees(texts(text("a", 100, 30)))).isTrue();
  }

  @Test
  void withoutABaselineStatementsMustTakeAsLongAsTheDisk() {
    assertThat(agrees(texts(text("a", 10, 1)))).isFalse();
    assertThat(agrees(texts(text("a", 10, 25)))).isTrue();
    assertThat(agrees(commits(10, 25, 1))).isTrue();
  }

  @Test
  void nothingDoneAgreesToNothing() {
    assertThat(agrees(ClientWindow.EMPTY)).isFalse();

    usually(texts(text("a", 100, 3)));

    assertThat(agrees(ClientWindow.EMPTY)).isFalse();
  }

  @Test
  void rareStatementsHaveABaselineToo() {
    for (int i = 0; i < 200; i++) {
      evidence.window(texts(text("a", 1, i % 2 == 0 ? 100 : 900)), true, now++);
    }

    assertThat(agrees(texts(text("a", 1, 600)))).as("their mean is 500").isFalse();
    assertThat(agrees(texts(text("a", 1, 2000)))).isTrue();
  }

  /** A process that hardly does anything is held up by chance now and then. */
  @Test
  void fewShortStatementsSayNothing() {
    usually(texts(text("a", 3, 1)));

    assertThat(agrees(texts(text("a", 3, 50)))).isFalse();
    assertThat(agrees(texts(text("a", 10, 5)))).isTrue();
    assertThat(agrees(texts(text("a", 3, 70)))).isTrue();
  }

  @Test
  void textsWithoutEndDontFillTheMemoryNorPushOutTheBusyOne() {
    for (int i = 0; i < 10_000; i++) {
      evidence.window(texts(text("a", 100, 3), text("x" + i, 100, 1)), true, now++);
    }

    assertThat(agrees(texts(text("a", 100, 4.5)))).isTrue();
    assertThat(agrees(texts(text("a", 100, 3), text("x", 100, 1)))).isFalse();
  }

  private void usually(ClientWindow window) {
    for (int i = 0; i < 50; i++) {
      evidence.window(window, true, now++);
    }
  }

  private boolean agrees(ClientWindow window) {
    return evidence.window(window, false, now++).agrees(SLOW_READ);
  }

  private static TextTime text(String text, long count, double millis) {
    return new TextTime(text, count, Math.round(count * millis * MILLI));
  }

  private static ClientWindow texts(TextTime... texts) {
    return new ClientWindow(List.of(texts), 0, 0, OptionalLong.empty());
  }

  private static ClientWindow commits(long count, long millis, long pingMillis) {
    return new ClientWindow(
        new ArrayList<>(), count, count * millis * MILLI, OptionalLong.of(pingMillis * MILLI));
  }
}
