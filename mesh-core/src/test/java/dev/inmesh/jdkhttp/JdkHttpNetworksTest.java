package dev.inmesh.jdkhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.HttpDriverContract;
import dev.inmesh.http.NetworksContract;
import org.junit.jupiter.api.BeforeAll;

/** The contract of allowed networks, by {@code send}. */
final class JdkHttpNetworksTest extends NetworksContract {

  @BeforeAll
  static void warmUp() throws Exception {
    WarmUp.run();
  }

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    return JdkHttpDriverTest.client(mesh);
  }

  @Override
  protected boolean seesWhatIsConnected() {
    return false;
  }
}
