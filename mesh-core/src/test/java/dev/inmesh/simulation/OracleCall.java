package dev.inmesh.simulation;

/**
 * A call that goes where it is best, by what only the simulator can know. One attempt is enough.
 */
final class OracleCall extends VirtualCall {

  private final Fleet fleet;

  OracleCall(VirtualClient client, Fleet fleet, long index, String path, long startNanos) {
    super(client, index, path, startNanos);
    this.fleet = fleet;
  }

  @Override
  void begin(long now) {
    VirtualServer best = fleet.best(path(), now);
    client().attempt(this, best.address(), null, 1, client().attemptDeadlineNanos(now));
  }

  @Override
  void ended(VirtualAttempt attempt, long now) {
    client().callEnded(this, attempt.hasAnswer(now) && attempt.status() < 400, now);
  }
}
