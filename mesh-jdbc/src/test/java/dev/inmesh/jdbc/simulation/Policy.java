package dev.inmesh.jdbc.simulation;

import com.netflix.concurrency.limits.limit.AIMDLimit;
import com.netflix.concurrency.limits.limit.Gradient2Limit;
import com.netflix.concurrency.limits.limit.VegasLimit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Who says how many statements a client may have at a time.
 *
 * @param fixed a limit that stays as it is; 0 for all others
 */
record Policy(String name, Run.Limits limits, int fixed) {

  static final Policy OURS = new Policy("controller", ControllerLimit::new, 0);
  static final Policy OFF = new Policy("off", random -> LimitSource.fixed(LimitSource.NONE), 0);
  static final Policy GRADIENT2 =
      new Policy("Gradient2", random -> new NetflixLimit(Gradient2Limit.newDefault()), 0);

  private static final int[] FIXED = {1, 2, 4, 8, 16};

  /** All that are compared. */
  static List<Policy> all() {
    List<Policy> all = new ArrayList<>(List.of(OURS, OFF));
    for (int limit : FIXED) {
      all.add(new Policy("fixed " + limit, random -> LimitSource.fixed(limit), limit));
    }
    all.add(GRADIENT2);
    all.add(
        new Policy(
            "Gradient2, min 1",
            random -> new NetflixLimit(Gradient2Limit.newBuilder().minLimit(1).build()),
            0));
    all.add(new Policy("Vegas", random -> new NetflixLimit(VegasLimit.newDefault()), 0));
    all.add(new Policy("AIMD", random -> new NetflixLimit(AIMDLimit.newBuilder().build()), 0));
    all.add(
        new Policy(
            "AIMD, 250 ms, min 1",
            random ->
                new NetflixLimit(
                    AIMDLimit.newBuilder().minLimit(1).timeout(250, TimeUnit.MILLISECONDS).build()),
            0));
    return all;
  }
}
