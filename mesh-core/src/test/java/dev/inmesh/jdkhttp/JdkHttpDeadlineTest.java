package dev.inmesh.jdkhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.DeadlineContract;
import dev.inmesh.http.HttpDriverContract;
import org.junit.jupiter.api.BeforeAll;

/** The contract of deadlines, by {@code send}. */
final class JdkHttpDeadlineTest extends DeadlineContract {

  @BeforeAll
  static void warmUp() throws Exception {
    WarmUp.run();
  }

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    return JdkHttpDriverTest.client(mesh);
  }
}
