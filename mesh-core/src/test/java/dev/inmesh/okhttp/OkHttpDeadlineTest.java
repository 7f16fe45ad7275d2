package dev.inmesh.okhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.DeadlineContract;
import dev.inmesh.http.HttpDriverContract;

/** The contract of deadlines, by {@code execute}. */
final class OkHttpDeadlineTest extends DeadlineContract {

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    return OkHttpDriverTest.client(mesh);
  }
}
