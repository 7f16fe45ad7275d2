package dev.inmesh.jdkhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.HedgeContract;
import dev.inmesh.http.HttpDriverContract;
import org.junit.jupiter.api.BeforeAll;

/** The contract of hedges, by {@code sendAsync}. */
final class JdkHttpAsyncHedgeTest extends HedgeContract {

  @BeforeAll
  static void warmUp() throws Exception {
    WarmUp.run();
  }

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    return JdkHttpAsyncDriverTest.client(mesh);
  }
}
