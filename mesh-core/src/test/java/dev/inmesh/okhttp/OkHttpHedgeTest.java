package dev.inmesh.okhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.HedgeContract;
import dev.inmesh.http.HttpDriverContract;

/** The contract of hedges, by {@code execute}. */
final class OkHttpHedgeTest extends HedgeContract {

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    return OkHttpDriverTest.client(mesh);
  }
}
