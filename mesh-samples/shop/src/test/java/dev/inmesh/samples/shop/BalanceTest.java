package dev.inmesh.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class BalanceTest {

  private final Balance balance = new Balance();

  private void turn(String command, int second) {
    balance.turned(Command.parse(command, 2), TimeUnit.SECONDS.toNanos(second));
  }

  private void second(long first, long other, int second) {
    balance.second(List.of(first, other), List.of(1, 4), TimeUnit.SECONDS.toNanos(second));
  }

  @Test
  void withoutAnyServerMadeWellThereIsNothingToSay() {
    turn("1 fail", 0);
    second(0, 100, 1);

    assertThat(balance).hasToString("-");
  }

  @Test
  void aServerIsBackWhenItHasFourFifthsOfItsShareByWeight() {
    turn("1 well", 3);

    second(15, 85, 4);
    assertThat(balance).hasToString("1:never");

    second(16, 84, 5);
    assertThat(balance).hasToString("1:2.0s");

    second(0, 100, 6);
    assertThat(balance).hasToString("1:2.0s");
  }

  @Test
  void aServerThatIsMadeIllAgainIsNotBack() {
    turn("all well", 0);
    turn("2 hang", 1);
    second(50, 50, 2);

    assertThat(balance).hasToString("1:2.0s,2:never");
  }
}
