package dev.inmesh.http;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.Check;
import dev.inmesh.event.Failure;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** Asks servers how they are: one for each driver. Safe for concurrent use. */
public interface HealthProbe {

  /** The User-Agent header of checks. */
  String USER_AGENT = "inmesh-health-check";

  /**
   * Asks the check's server for its path by one GET, outside of what counts calls: no retry, no
   * redirect followed, nothing of the user's code run. Never blocks.
   *
   * @param upstream with the Host header, the TLS name, and the timeout, which covers everything
   *     from the look-up of the name to the last header
   * @param origin as calls have it
   * @return what came of it; completed exceptionally when nothing was learned
   * @throws java.util.concurrent.RejectedExecutionException after the driver was closed
   */
  CompletableFuture<Finding> ask(UpstreamSettings upstream, Origin origin, Check check);

  /**
   * What came of it.
   *
   * @param failure empty when the server is well
   * @param words what went wrong; empty when the server is well
   */
  record Finding(Optional<Failure> failure, String words) {

    /** An answer: well is 2xx and 3xx. */
    public static Finding answered(int status) {
      return status >= 200 && status < 400
          ? new Finding(Optional.empty(), "")
          : failed(Failure.STATUS, Failure.STATUS.words(status));
    }

    /** No answer. */
    public static Finding failed(Failure failure, String words) {
      return new Finding(Optional.of(failure), words);
    }
  }
}
