package dev.inmesh.simulation;

/**
 * A call that goes where it is best, by what only the simulator can know. One attempt is enough;
 * and none at all when even the best server would most likely answer too late.
 */
final class OracleCall extends VirtualCall {

  /** Of the attempt's time, what may be spent by expectation. */
  private static final double SAFE = 0.8;

  private final Fleet fleet;

  OracleCall(VirtualClient client, Fleet fleet, long index, String path, long startNanos) {
    super(client, index, path, startNanos);
    this.fleet = fleet;
  }

  @Override
  void begin(long now) {
    VirtualServer best = fleet.best(path(), now);
    long deadline = client().attemptDeadlineNanos(now);
    if (best.expectedNanos(now) > SAFE * (deadline - now)) {
      client().callEnded(this, false, now);
    } else {
      VirtualAttempt unused = client().attempt(this, best.address(), null, 1, deadline);
    }
  }

  @Override
  void ended(VirtualAttempt attempt, long now) {
    client().callEnded(this, attempt.hasAnswer(now) && attempt.status() < 400, now);
  }
}
