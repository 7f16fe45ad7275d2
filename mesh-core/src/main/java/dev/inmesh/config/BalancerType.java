package dev.inmesh.config;

/** The balancers that {@code balancer=} can name; each constant in lower case is its name. */
public enum BalancerType {
  ROUND_ROBIN,
  LEAST_CONN,
  LEAST_TIME,
  RANDOM_TWO,
  HASH
}
