package dev.inmesh.call;

import java.net.URI;
import java.time.Duration;

/**
 * What a {@link Fallback} may know of the call that it answers for. Immutable.
 *
 * @param upstream the upstream's name
 * @param method the HTTP method
 * @param uri the URL as called
 * @param failure why there is no live answer
 * @param timeLeft how long the fallback may take
 */
public record FailedCall(
    String upstream, String method, URI uri, MeshException failure, Duration timeLeft) {}
