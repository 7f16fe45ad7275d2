package dev.inmesh.jdkhttp;

import dev.inmesh.call.MeshException;
import dev.inmesh.config.UpstreamSettings;

/** A key that this client can't keep: the call fails rather than go out under another name. */
final class Refusal {

  /** Never changes its meaning; docs/operations.md lists it. */
  private static final String CODE = "MESH-D01";

  private Refusal() {}

  static MeshException of(UpstreamSettings settings, String key, JdkHttpMesh mesh) {
    String mend =
        key.equals("tls-name")
            ? "TLS goes by the server's own host there: list the servers by the name in their"
                + " certificate"
            : "over http it needs -Djdk.httpclient.allowRestrictedHeaders=host, over https there is"
                + " no way";
    return new MeshException(
        settings.displayName(),
        CODE
            + " "
            + mesh.whoSet(settings, key)
            + ": java.net.http.HttpClient can't keep it; "
            + mend
            + "; or call this upstream through OkHttp, mesh.wrap(OkHttpClient)",
        null);
  }
}
