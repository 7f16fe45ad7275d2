package dev.inmesh.jdbc.simulation;

import dev.inmesh.config.StatementClass;
import java.util.function.Consumer;

/**
 * A disk that is well, then slow, then well again.
 *
 * @param slow what happens to it
 * @param queues whether it is several clients' reads that then wait for each other
 */
record Step(String name, int clients, Load load, Consumer<Database> slow, boolean queues) {

  static final int BEGINS = 20;
  static final int ENDS = 80;
  private static final int SECONDS = 110;

  /** Reads from a disk that is limited to so many operations a second. */
  static Step reads(int clients, int perSecond) {
    return new Step(
        clients + " clients, " + perSecond + " reads a second",
        clients,
        Services.busy(Statement::read, clients, perSecond),
        database -> database.limitedTo(perSecond),
        clients > 1);
  }

  /** Commits to a log on such a disk. */
  static Step commits(int clients, int perSecond) {
    return new Step(
        clients + " clients, commits, " + perSecond + " operations a second",
        clients,
        Services.busy(Statement::write, clients, perSecond),
        database -> database.limitedTo(perSecond),
        false);
  }

  /**
   * Batch commits of so many megabytes beside small ones, to a log that is limited in these too.
   */
  static Step bulkCommits(int clients, int perSecond, double megabytes) {
    return new Step(
        clients
            + " clients, commits of "
            + megabytes
            + " MB, "
            + perSecond
            + " operations a second",
        clients,
        Services.busy(
            of -> Statement.write(of, of == StatementClass.BATCH ? megabytes : 0.002),
            clients,
            perSecond),
        database -> database.limitedTo(perSecond),
        false);
  }

  /** Reads from a disk that does so many at a time, each of them slowly. */
  static Step parallel(int clients, int perSecond, int places) {
    return new Step(
        clients + " clients, " + perSecond + " reads a second, " + places + " at a time",
        clients,
        Services.busy(Statement::read, clients, perSecond),
        database -> database.disk.capacity(perSecond, places),
        false);
  }

  Figures run(Run.Limits limits, long seed) {
    return new Run(SECONDS, clients, limits, seed)
        .joins(0, clients, load)
        .at(BEGINS, slow)
        .at(ENDS, Database::well)
        .run();
  }

  @Override
  public String toString() {
    return name;
  }
}
