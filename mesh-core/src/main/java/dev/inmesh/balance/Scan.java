package dev.inmesh.balance;

import org.jspecify.annotations.Nullable;

/** What balancers fall back on when the servers they drew may not be used. */
final class Scan {

  private Scan() {}

  /** The first server at or after the given index, round the end, that the attempt may use. */
  static <S extends Candidate> @Nullable S firstUsable(S[] servers, int from, Attempt<S> attempt) {
    for (int i = 0; i < servers.length; i++) {
      int at = from + i;
      S server = servers[at < servers.length ? at : at - servers.length];
      if (attempt.mayUse(server)) {
        return server;
      }
    }
    return null;
  }
}
