package dev.inmesh.engine;

/**
 * What the engine must know of a call. Immutable.
 *
 * @param method the HTTP method, empty for other protocols
 * @param path the path of the URL, empty for other protocols
 * @param startNanos when the call began
 * @param keyHash hash of what {@code hash.key} names; 0 when nothing does
 * @param limitNanos how long after its start the call must have returned, whatever the upstream's
 *     own timeout says; {@link Long#MAX_VALUE} for no limit
 * @param idempotent whether sending it twice does no harm
 * @param replayable whether its body can be sent a second time
 * @param reservesFallbackTime whether the last 5 % of the time are held back for a fallback in code
 */
public record CallInfo(
    String method,
    String path,
    long startNanos,
    long keyHash,
    long limitNanos,
    boolean idempotent,
    boolean replayable,
    boolean reservesFallbackTime) {}
