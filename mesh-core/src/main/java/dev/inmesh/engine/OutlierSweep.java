package dev.inmesh.engine;

import dev.inmesh.config.UpstreamSettings.Outlier;
import dev.inmesh.event.Evidence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Compares the servers of a route with each other, once in an {@code outlier.interval}, and finds
 * those that fail more often or take longer. What is done about it is the {@link Roster}'s.
 *
 * <p><b>Success rate.</b> Of each server the successes and failures of about the last 30 s ({@link
 * OutcomeCounts}), and a Beta prior that weighs as much as {@value #PRIOR_STRENGTH} attempts and
 * says that the server is like the median of the others. It is an outlier when P(rate &lt; that
 * median - gap) is above 95 %. The others alone, so that it works with two servers and a server
 * that has hardly been used is never taken for a bad one; the gap is absolute, so that a server at
 * 99 % among perfect ones stays. The median is of rates that lean on all servers' together with the
 * same strength, for at the start nobody knows what is normal.
 *
 * <p><b>Latency.</b> Of each server the 90th percentile of the last 10 s ({@link LatencyWindow}, 20
 * samples or more). It is an outlier when, twice running, that is above both {@code latency-factor}
 * times and 20 ms more than the servers' lower median of it, and its 75th percentile is above that
 * median too: where one request in ten is far more costly than the rest, the 90th percentile alone
 * is a matter of luck. A server that owes answers to two attempts or more, the oldest of which is
 * older than that bound and than any recent answer of the others, and has answered nothing since,
 * is one as well.
 */
final class OutlierSweep {

  private static final int PRIOR_STRENGTH = 5;
  private static final double CONFIDENCE = 0.95;

  /** Three recent ones: two may meet by chance where next to nothing else is known. */
  private static final double FEWEST_FAILURES = 2.2;

  private static final long LEAST_DIFFERENCE_NANOS = 20_000_000;

  /**
   * What was found out about one server.
   *
   * @param ratio of its weight, how much should be left to it
   */
  record Finding(ServerState server, Evidence evidence, String words, double ratio) {}

  private OutlierSweep() {}

  /** The servers whose success rate is an outlier; their counts are of this instant. */
  static List<Finding> bySuccessRate(List<ServerState> eligible, Outlier outlier) {
    List<Finding> found = new ArrayList<>();
    // Backups and other zones that nobody uses say nothing of what is normal.
    ServerState[] servers =
        eligible.stream().filter(s -> s.failures.outcomes.hasAny()).toArray(ServerState[]::new);
    double successes = 0;
    double total = 0;
    for (ServerState server : servers) {
      successes += server.failures.outcomes.successes();
      total += server.failures.outcomes.total();
    }
    if (servers.length < 2 || successes == total) {
      return found; // Nobody has failed.
    }
    double all = successes / total;
    double[] rates = new double[servers.length];
    for (int i = 0; i < rates.length; i++) {
      OutcomeCounts counts = servers[i].failures.outcomes;
      rates[i] = (PRIOR_STRENGTH * all + counts.successes()) / (PRIOR_STRENGTH + counts.total());
    }
    double[] sorted = rates.clone();
    Arrays.sort(sorted);
    for (int i = 0; i < rates.length; i++) {
      OutcomeCounts counts = servers[i].failures.outcomes;
      double others = medianWithout(sorted, rates[i]);
      double bound = others - outlier.successRateGap();
      double a = PRIOR_STRENGTH * others + counts.successes();
      double b = PRIOR_STRENGTH * (1 - others) + counts.failures();
      boolean behind = counts.failures() > FEWEST_FAILURES && a < bound * (a + b);
      if (behind && a > 0 && Beta.below(bound, a, b) > CONFIDENCE) {
        String words =
            String.format(
                Locale.ROOT,
                "success rate %.0f%% against %.0f%%",
                100 * counts.successes() / counts.total(),
                100 * others);
        found.add(new Finding(servers[i], Evidence.SUCCESS_RATE, words, 1));
      }
    }
    return found;
  }

  /** The median of all but one that has this value. */
  private static double medianWithout(double[] sorted, double value) {
    int at = Arrays.binarySearch(sorted, value);
    int others = sorted.length - 1;
    int low = (others - 1) / 2;
    int high = others / 2;
    return (sorted[low < at ? low : low + 1] + sorted[high < at ? high : high + 1]) / 2;
  }

  /** The servers whose latency is an outlier in this sweep and was in the one before. */
  static List<Finding> byLatency(List<ServerState> servers, Outlier outlier, long now) {
    List<Finding> found = new ArrayList<>();
    long[][] samples = new long[servers.size()][];
    long[] high = new long[servers.size()];
    int known = 0;
    long slowest = 0;
    long secondSlowest = 0;
    for (int i = 0; i < servers.size(); i++) {
      samples[i] = servers.get(i).slowness.recent(now);
      if (samples[i].length > 0) {
        high[known++] = quantile(samples[i], 0.9);
        long max = samples[i][samples[i].length - 1];
        secondSlowest = Math.max(secondSlowest, Math.min(slowest, max));
        slowest = Math.max(slowest, max);
      }
    }
    Arrays.sort(high, 0, known);
    long median = known == 0 ? 0 : high[(known - 1) / 2];
    long bound =
        Math.max((long) (outlier.latencyFactor() * median), median + LEAST_DIFFERENCE_NANOS);
    for (int i = 0; i < servers.size(); i++) {
      ServerState server = servers.get(i);
      long[] own = samples[i];
      boolean isSlowest = own.length > 0 && own[own.length - 1] == slowest;
      long p90 = own.length == 0 ? 0 : quantile(own, 0.9);
      boolean slow = known > 1 && p90 > bound && quantile(own, 0.75) > median;
      long tooOld = Math.max(bound, isSlowest ? secondSlowest : slowest);
      boolean stalls = known > 0 && server.serviceTime().owesSince(tooOld, now);
      if (!slow && !stalls) {
        boolean unused = server.slowness.ended(own.length > 0, now);
      } else if (server.slowness.again()) {
        found.add(slow ? slow(server, p90, median) : stalling(server, now));
      }
    }
    return found;
  }

  /** Half of its weight at most: what waits in its queue would only wait elsewhere. */
  private static Finding slow(ServerState server, long p90, long median) {
    String words = "p90 " + millis(p90) + " ms against " + millis(median) + " ms";
    return new Finding(server, Evidence.LATENCY, words, Math.max(0.5, (double) median / p90));
  }

  private static Finding stalling(ServerState server, long now) {
    String words = "no answer for " + millis(server.serviceTime().oldestAge(now)) + " ms";
    return new Finding(server, Evidence.LATENCY, words, 0);
  }

  private static long quantile(long[] sorted, double share) {
    return sorted[(int) (share * (sorted.length - 1))];
  }

  private static long millis(long nanos) {
    return nanos / 1_000_000;
  }
}
