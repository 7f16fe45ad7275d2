package dev.inmesh.simulation;

import dev.inmesh.config.BalancerType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Who picks: a balancer of the engine, or the oracle.
 *
 * @param balancer null for the oracle
 */
record Policy(@Nullable BalancerType balancer) {

  static final Policy ORACLE = new Policy(null);

  /** The oracle first, then whatever balancers there are. */
  static List<Policy> all() {
    List<Policy> all = new ArrayList<>();
    all.add(ORACLE);
    for (BalancerType type : BalancerType.values()) {
      all.add(new Policy(type));
    }
    return all;
  }

  boolean isOracle() {
    return balancer == null;
  }

  String word() {
    return balancer == null ? "oracle" : balancer.name().toLowerCase(Locale.ROOT);
  }
}
