package dev.inmesh.samples.shop;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How long servers take from well again to their share of the answers again: at least 80 % of what
 * is fair by weight, for one second. For one thread.
 */
final class Balance {

  private static final double ENOUGH = 0.8;

  private final Map<Integer, Long> waiting = new LinkedHashMap<>();
  private final Map<Integer, String> times = new TreeMap<>();

  /** Servers were made ill, or well again. */
  void turned(Command command, long now) {
    for (int server : command.servers()) {
      waiting.remove(server);
      if (command.fault() == Fault.WELL) {
        waiting.put(server, now);
        times.put(server, "never");
      }
    }
  }

  /**
   * A second has passed.
   *
   * @param answers good answers of each server in it
   * @param weights of the servers
   */
  void second(List<Long> answers, List<Integer> weights, long now) {
    long allAnswers = answers.stream().mapToLong(Long::longValue).sum();
    long allWeights = weights.stream().mapToLong(Integer::longValue).sum();
    waiting
        .entrySet()
        .removeIf(
            server -> {
              int i = server.getKey() - 1;
              double fair = (double) allAnswers * weights.get(i) / allWeights;
              boolean back = allAnswers > 0 && answers.get(i) >= ENOUGH * fair;
              if (back) {
                double seconds = Span.millis(now - server.getValue()) / 1000;
                times.put(server.getKey(), String.format(Locale.ROOT, "%.1fs", seconds));
              }
              return back;
            });
  }

  /** {@code 1:6.0s,2:never}, or {@code -} when none was made well. */
  @Override
  public String toString() {
    return times.isEmpty()
        ? "-"
        : times.entrySet().stream()
            .map(time -> time.getKey() + ":" + time.getValue())
            .collect(Collectors.joining(","));
  }
}
