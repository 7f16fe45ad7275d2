package dev.inmesh.call;

/**
 * A fallback in code: answers calls that failed in every other way. It runs on a thread of the mesh
 * while the caller waits, at most until the call's deadline; the last 5 % of the call's timeout are
 * held back from the attempts for it. When time is up its thread is interrupted and the call fails.
 *
 * <pre>{@code
 * Mesh.builder().fallback("stock", call -> Answer.of(200, "text/plain", "unknown")).build()
 * }</pre>
 *
 * Must be safe for concurrent use.
 */
@FunctionalInterface
public interface Fallback {

  /**
   * Answers for the failed call.
   *
   * @throws Exception when it can't either: the call then fails as it would have without it
   */
  Answer answer(FailedCall call) throws Exception;
}
