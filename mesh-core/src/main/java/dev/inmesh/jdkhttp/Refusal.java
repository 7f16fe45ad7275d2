package dev.inmesh.jdkhttp;

import dev.inmesh.call.MeshException;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.Server;

/** A key that this client can't keep: the call fails rather than go out under another name. */
final class Refusal {

  /** Never changes its meaning; docs/operations.md lists it. */
  private static final String CODE = "MESH-D01";

  private Refusal() {}

  /**
   * A server that is listed by its name, over https: the client looks it up and connects by itself.
   */
  static MeshException ofName(String upstream, Server server, AllowedNetworks networks) {
    return new MeshException(
        upstream,
        CODE
            + (" " + networks + ": java.net.http.HttpClient resolves " + server.host())
            + " by itself over https, so what it connects to can't be checked; list the server by"
            + " its address, or call this upstream through OkHttp, mesh.wrap(OkHttpClient)",
        null);
  }

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
