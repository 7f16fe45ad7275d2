package dev.inmesh.balance;

import dev.inmesh.config.BalancerType;

/** The catalogue of balancers. There must be at least one server. */
public final class Balancers {

  private Balancers() {}

  /** The balancer that {@code balancer=} names. */
  public static <S extends Candidate> Balancer<S> of(
      BalancerType type, Candidates<S> servers, RandomSource random) {
    return switch (type) {
      case ROUND_ROBIN -> roundRobin(servers, random);
      case LEAST_CONN -> leastConn(servers, random);
      case LEAST_TIME -> leastTime(servers, random);
      case RANDOM_TWO -> randomTwo(servers, random);
      case HASH -> hash(servers);
    };
  }

  /**
   * One after the other, each as often as its weight says and as evenly spread as that allows:
   * {@code a} of weight 5 with {@code b} and {@code c} of weight 1 gives {@code a a b a c a a}.
   */
  public static <S extends Candidate> Balancer<S> roundRobin(
      Candidates<S> servers, RandomSource random) {
    return new RoundRobin<>(servers, random);
  }

  /**
   * The server with the fewest attempts in flight for its weight; among equals, by weight. With
   * more than 16 servers it compares 8 distinct ones.
   */
  public static <S extends Candidate> Balancer<S> leastConn(
      Candidates<S> servers, RandomSource random) {
    return new LeastConn<>(servers, random);
  }

  /**
   * The server with the least expected waiting time, by {@link ServiceTime}: a slow one gets what
   * it can do in time, a stuck one nothing. With more than 16 servers it compares 8 distinct ones.
   */
  public static <S extends Candidate> Balancer<S> leastTime(
      Candidates<S> servers, RandomSource random) {
    return new LeastTime<>(servers, random);
  }

  /** The better of two distinct servers drawn by weight, by {@link #leastConn}'s comparison. */
  public static <S extends Candidate> Balancer<S> randomTwo(
      Candidates<S> servers, RandomSource random) {
    return new RandomTwo<>(servers, random);
  }

  /**
   * The same server for the same key, as long as it is there and has at most 1.25 times its share
   * in flight; when one of n servers comes or goes, about 1/n of the keys move.
   */
  public static <S extends Candidate> Balancer<S> hash(Candidates<S> servers) {
    return new ConsistentHash<>(servers);
  }
}
