package dev.inmesh.okhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.HttpDriverContract;
import dev.inmesh.http.NetworksContract;

/** The contract of allowed networks, by {@code execute}. */
final class OkHttpNetworksTest extends NetworksContract {

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    return OkHttpDriverTest.client(mesh);
  }
}
