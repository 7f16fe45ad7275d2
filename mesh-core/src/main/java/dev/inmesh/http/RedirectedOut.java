package dev.inmesh.http;

import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.MeshException;
import dev.inmesh.call.Phase;
import dev.inmesh.server.OutsideNetworksException;
import java.net.URI;
import org.jspecify.annotations.Nullable;

/** What becomes of a call that a server has redirected out of the mesh. Immutable. */
public final class RedirectedOut {

  private final String upstream;
  private final URI target;
  private final long startNanos;

  /**
   * A call that goes on elsewhere.
   *
   * @param upstream where it came from
   * @param target where it goes
   * @param startNanos when the user made it
   */
  public RedirectedOut(String upstream, URI target, long startNanos) {
    this.upstream = upstream;
    this.target = target;
    this.startNanos = startNanos;
  }

  /** It must not go there. */
  public MeshException refused(OutsideNetworksException why) {
    return new MeshException(upstream, "redirected out of the mesh: " + why.getMessage(), why);
  }

  /** Its time ran out on the way. */
  public CallTimeoutException late(Phase phase, @Nullable Throwable cause) {
    long millis = (System.nanoTime() - startNanos) / 1_000_000;
    return new CallTimeoutException(
        upstream,
        "timed out in phase "
            + phase.tag()
            + " after "
            + millis
            + " ms, redirected out of the mesh to "
            + target.getHost(),
        phase,
        cause);
  }
}
