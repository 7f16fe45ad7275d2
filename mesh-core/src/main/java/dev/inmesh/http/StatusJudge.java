package dev.inmesh.http;

import dev.inmesh.event.Outcome;
import java.util.Set;

/** What an HTTP status says of the server. */
public final class StatusJudge {

  private StatusJudge() {}

  /**
   * Judges an answer.
   *
   * @param retryAfter whether it carries a Retry-After header
   * @param failureStatuses the statuses of {@code failure.statuses}
   */
  public static Outcome judge(int status, boolean retryAfter, Set<Integer> failureStatuses) {
    if (status < 400) {
      return Outcome.SUCCESS;
    }
    if (status == 429 || (status == 503 && retryAfter)) {
      return Outcome.REJECTION;
    }
    return failureStatuses.contains(status) ? Outcome.FAILURE : Outcome.IGNORED;
  }
}
