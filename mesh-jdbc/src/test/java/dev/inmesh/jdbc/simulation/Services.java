package dev.inmesh.jdbc.simulation;

import static dev.inmesh.config.StatementClass.BATCH;
import static dev.inmesh.config.StatementClass.CRITICAL;
import static dev.inmesh.config.StatementClass.INTERACTIVE;

import dev.inmesh.config.StatementClass;
import java.util.function.Function;

/**
 * What a service does with the database: threads that do batch work as fast as they can, and
 * interactive and critical statements at random.
 *
 * @param threads for batch work
 * @param pauseMillis between two statements of a thread
 * @param interactive a second
 * @param critical a second
 */
record Services(
    Function<StatementClass, Statement> statement,
    int threads,
    double pauseMillis,
    double interactive,
    double critical)
    implements Load {

  /** Sixteen threads beside a load that takes a fifth of a disk of so many operations a second. */
  static Services busy(
      Function<StatementClass, Statement> statement, int clients, double operations) {
    return new Services(
        statement,
        16,
        // So that the disk is not busy while it is well.
        clients < 20 ? 20 : 100,
        operations / 10 / clients,
        operations / 100 / clients);
  }

  @Override
  public void start(SimulatedClient client) {
    for (int i = 0; i < threads; i++) {
      client.thread(statement.apply(BATCH), pauseMillis);
    }
    if (interactive > 0) {
      client.arrivals(statement.apply(INTERACTIVE), interactive);
    }
    if (critical > 0) {
      client.arrivals(statement.apply(CRITICAL), critical);
    }
  }
}
