package dev.inmesh.jdbc.throttle;

import dev.inmesh.jdbc.signal.DiskOperation;
import dev.inmesh.jdbc.signal.Measure;
import java.util.Comparator;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Whether this process feels it: a disk that is slow for others only is no reason to hold anybody
 * back here. Not safe for concurrent use.
 *
 * <p>Felt is a commit, less the ping, of 1.3 times its baseline; or 1.3 times theirs for the
 * statement texts that take most of the time, each against its own and weighted by the time spent
 * with it. Where nothing is known of either yet, as in a process that has just started: statements
 * that take at least half as long as the one operation of the disk that they are said to wait for.
 */
final class ClientEvidence {

  private static final double FELT = 1.3;

  /** Texts that have a baseline; the one that wasn't seen for longest goes. */
  private static final int MOST_TEXTS = 64;

  private static final int BUSIEST = 16;

  /** Fewer statements that took less than this together say nothing: each of them is chance. */
  private static final int LEAST_COUNT = 10;

  private static final long LEAST_NANOS = 200_000_000;

  private final Map<Object, Usual> texts = new LinkedHashMap<>(16, 0.75f, true);
  private final Usual commits = new Usual();

  /**
   * Compares the window's times with the baselines, which then take them in.
   *
   * @param learn whether this window may be usual
   */
  Felt window(ClientWindow window, boolean learn, long nowNanos) {
    List<TextTime> busiest =
        window.texts().stream()
            .filter(text -> text.count() > 0)
            .sorted(Comparator.comparingLong(TextTime::nanos).reversed())
            .limit(BUSIEST)
            .toList();
    long commitNanos =
        Math.max(0, window.commitNanos() - window.commits() * window.pingNanos().orElse(0));
    Felt felt = compare(window.commits(), commitNanos, busiest, nowNanos);
    if (learn) {
      commits.add(window.commits(), commitNanos, nowNanos);
      for (TextTime text : busiest) {
        usualOf(text.text()).add(text.count(), text.nanos(), nowNanos);
      }
    }
    return felt;
  }

  private Felt compare(long commitCount, long commitNanos, List<TextTime> busiest, long nowNanos) {
    long count = commitCount + busiest.stream().mapToLong(TextTime::count).sum();
    long nanos = commitNanos + busiest.stream().mapToLong(TextTime::nanos).sum();
    if (count < LEAST_COUNT && nanos < LEAST_NANOS) {
      return Felt.NOTHING;
    }
    boolean slow = false;
    boolean known = false;
    double longest = 0;
    if (commitCount > 0) {
      longest = (double) commitNanos / commitCount;
      OptionalDouble usual = commits.nanos(nowNanos);
      known = usual.isPresent();
      slow = known && longest > FELT * usual.getAsDouble();
    }
    double ratios = 0;
    double knownNanos = 0;
    double allNanos = 0;
    for (TextTime text : busiest) {
      double mean = (double) text.nanos() / text.count();
      longest = Math.max(longest, mean);
      allNanos += text.nanos();
      Usual kept = texts.get(text.text());
      OptionalDouble usual = kept == null ? OptionalDouble.empty() : kept.nanos(nowNanos);
      if (usual.isPresent()) {
        ratios += text.nanos() * mean / Math.max(1, usual.getAsDouble());
        knownNanos += text.nanos();
      }
    }
    if (knownNanos > allNanos / 2) {
      known = true;
      slow |= ratios > FELT * knownNanos;
    }
    return new Felt(known, slow, longest / 1e6);
  }

  private Usual usualOf(Object text) {
    Usual kept = texts.get(text);
    if (kept == null) {
      if (texts.size() == MOST_TEXTS) {
        Iterator<Object> oldest = texts.keySet().iterator();
        oldest.next();
        oldest.remove();
      }
      kept = new Usual();
      texts.put(text, kept);
    }
    return kept;
  }

  /** The usual mean time of one thing; rare ones are gathered until there are ten to average. */
  private static final class Usual {

    private static final int GATHERED = 10;

    private final Baseline baseline = new Baseline(120, 10);
    private long count;
    private long nanos;

    void add(long count, long nanos, long nowNanos) {
      this.count += count;
      this.nanos += nanos;
      if (this.count >= GATHERED) {
        baseline.add((double) this.nanos / this.count, nowNanos);
        this.count = 0;
        this.nanos = 0;
      }
    }

    OptionalDouble nanos(long nowNanos) {
      return baseline.value(nowNanos);
    }
  }

  /**
   * What a window says.
   *
   * @param known whether there was a baseline to compare with
   * @param slow whether it was slower than that
   * @param longestMillis the longest mean time, of a commit or of the statements of a text
   */
  record Felt(boolean known, boolean slow, double longestMillis) {

    static final Felt NOTHING = new Felt(true, false, 0);

    /** Where shares are measured and not times: from here on a statement may wait for a disk. */
    private static final double LEAST_MILLIS = 5;

    private static final double WAITED = 0.5;

    /** Whether this process waits for the operation that was measured. */
    boolean agrees(Measure measure) {
      if (known) {
        return slow;
      }
      double millis =
          measure.operation() == DiskOperation.PRESSURE ? LEAST_MILLIS : measure.value();
      return longestMillis >= WAITED * millis;
    }
  }
}
