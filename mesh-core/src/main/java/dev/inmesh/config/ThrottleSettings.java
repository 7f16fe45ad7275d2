package dev.inmesh.config;

import java.time.Duration;
import java.util.Optional;

/**
 * How the statements of a database are held back while its disk is slow. Immutable.
 *
 * @param mode whether they are
 * @param source where it is read how slow the disk is
 * @param sql the statement of {@link DiskSource#SQL}
 * @param file the path of {@link DiskSource#FILE}
 * @param url what {@link DiskSource#PROMETHEUS} and {@link DiskSource#URL} read
 * @param device the block device, as the host calls it; empty for the busiest
 * @param maxWait how long a statement waits for its turn
 * @param minPermits statements at a time that each client keeps on each server
 * @param maxPermits statements at a time that it never exceeds while it throttles
 * @param statementClass of statements that name none
 */
public record ThrottleSettings(
    ThrottleMode mode,
    DiskSource source,
    Optional<String> sql,
    Optional<String> file,
    Optional<String> url,
    Optional<String> device,
    Duration maxWait,
    int minPermits,
    Optional<Integer> maxPermits,
    StatementClass statementClass) {

  /** The same, with nothing measured and nothing held back. */
  public ThrottleSettings off() {
    return new ThrottleSettings(
        ThrottleMode.OFF,
        source,
        sql,
        file,
        url,
        device,
        maxWait,
        minPermits,
        maxPermits,
        statementClass);
  }
}
