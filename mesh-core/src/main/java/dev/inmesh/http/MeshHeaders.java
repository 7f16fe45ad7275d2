package dev.inmesh.http;

import dev.inmesh.event.Source;

/** The headers that every answer through the mesh carries. */
public final class MeshHeaders {

  /** {@code live}, {@code retry}, {@code stale;age=12s}, {@code default} or {@link #CACHE}. */
  public static final String SOURCE = "mesh-source";

  /** The client's own response cache answered, and no server was asked. */
  public static final String CACHE = "cache";

  /** {@code host:port} of the server that answered; missing when none did. */
  public static final String SERVER = "mesh-server";

  private MeshHeaders() {}

  /** The value of {@link #SOURCE} for a stale answer. */
  public static String stale(long ageNanos) {
    return Source.STALE.tag() + ";age=" + ageNanos / 1_000_000_000 + "s";
  }
}
