package dev.inmesh.jdbc.simulation;

import dev.inmesh.config.StatementClass;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** What came of a run, second by second. */
final class Figures {

  /** Later answers are no use to anybody. */
  static final long USEFUL_NANOS = 250 * Events.MILLI;

  final int seconds;
  private final int clients;
  private final Map<StatementClass, Counts> classes = new EnumMap<>(StatementClass.class);
  private final int[][] limits;
  private final long[][] ended;
  final List<String> changes = new ArrayList<>();

  Figures(int seconds, int clients) {
    this.seconds = seconds;
    this.clients = clients;
    this.limits = new int[seconds + 1][clients];
    this.ended = new long[seconds + 1][clients];
    for (StatementClass kind : StatementClass.values()) {
      classes.put(kind, new Counts(seconds));
    }
  }

  void ended(int client, StatementClass kind, long startNanos, long now) {
    int second = (int) (now / Events.SECOND);
    Counts counts = of(kind);
    counts.ended[second]++;
    ended[second][client]++;
    if (now - startNanos <= USEFUL_NANOS) {
      counts.useful[second]++;
    }
    counts.took.get(second).add(now - startNanos);
  }

  void refused(StatementClass kind, long now) {
    of(kind).refused[(int) (now / Events.SECOND)]++;
  }

  void limit(int client, int limit, long now) {
    limits[(int) (now / Events.SECOND)][client] = limit;
  }

  /** Statements that ended, a second. */
  double throughput(int from, int to) {
    return classes.values().stream().mapToDouble(c -> sum(c.ended, from, to)).sum() / (to - from);
  }

  double throughput(StatementClass kind, int from, int to) {
    return sum(of(kind).ended, from, to) / (to - from);
  }

  /** Statements that ended in time, a second. */
  double goodput(int from, int to) {
    return classes.values().stream().mapToDouble(c -> sum(c.useful, from, to)).sum() / (to - from);
  }

  double refused(StatementClass kind, int from, int to) {
    return sum(of(kind).refused, from, to) / (to - from);
  }

  double refused(int from, int to) {
    return classes.values().stream().mapToDouble(c -> sum(c.refused, from, to)).sum() / (to - from);
  }

  /** Of what ended, their own waiting included. */
  double quantileMillis(StatementClass kind, double share, int from, int to) {
    long[] all =
        of(kind).took.subList(from, to).stream()
            .flatMapToLong(list -> list.stream().mapToLong(Long::longValue))
            .sorted()
            .toArray();
    return all.length == 0 ? Double.NaN : all[(int) (share * (all.length - 1))] / 1e6;
  }

  /** The longest time in which none of a class ended. */
  int longestGap(StatementClass kind, int from, int to) {
    int gap = 0;
    int longest = 0;
    for (int i = from; i < to; i++) {
      gap = of(kind).ended[i] == 0 ? gap + 1 : 0;
      longest = Math.max(longest, gap);
    }
    return longest;
  }

  /** All clients' limits together; those without one count as {@code none} each. */
  double limit(int second, int none) {
    return Arrays.stream(limits[second]).mapToDouble(l -> l == LimitSource.NONE ? none : l).sum();
  }

  /** Seconds in which this client had a limit. */
  long throttled(int client) {
    return Arrays.stream(limits).filter(all -> limited(all[client])).count();
  }

  /** How often the clients' limits together turned from rising to falling, or the other way. */
  int turns(int from, int to, int none) {
    int turns = 0;
    double last = 0;
    for (int i = from; i < to; i++) {
      double step = limit(i + 1, none) - limit(i, none);
      if (step * last < 0) {
        turns++;
      }
      last = step == 0 ? last : step;
    }
    return turns;
  }

  /** Whether anybody has a limit. */
  boolean throttling(int second) {
    return Arrays.stream(limits[second]).anyMatch(Figures::limited);
  }

  private static boolean limited(int limit) {
    return limit != LimitSource.NONE && limit != 0;
  }

  /** Seconds in which anybody had a limit. */
  int throttled() {
    int count = 0;
    for (int i = 0; i < seconds; i++) {
      count += throttling(i) ? 1 : 0;
    }
    return count;
  }

  /** Jain's index of what the clients got done: 1 if all got the same. */
  double fairness(int from, int to) {
    double sum = 0;
    double squares = 0;
    for (int client = 0; client < clients; client++) {
      double own = 0;
      for (int i = from; i < to; i++) {
        own += ended[i][client];
      }
      sum += own;
      squares += own * own;
    }
    return sum * sum / (clients * squares);
  }

  private Counts of(StatementClass kind) {
    return Objects.requireNonNull(classes.get(kind));
  }

  private static double sum(long[] values, int from, int to) {
    return Arrays.stream(values, from, to).sum();
  }

  private static final class Counts {
    private final long[] ended;
    private final long[] useful;
    private final long[] refused;
    private final List<List<Long>> took = new ArrayList<>();

    Counts(int seconds) {
      this.ended = new long[seconds + 1];
      this.useful = new long[seconds + 1];
      this.refused = new long[seconds + 1];
      for (int i = 0; i <= seconds; i++) {
        took.add(new ArrayList<>());
      }
    }
  }
}
