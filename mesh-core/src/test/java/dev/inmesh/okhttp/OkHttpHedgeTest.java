package dev.inmesh.okhttp;

import dev.inmesh.Mesh;
import dev.inmesh.http.HedgeContract;
import dev.inmesh.http.HttpDriverContract;
import okhttp3.OkHttpClient;

/** The contract of hedges, by {@code execute}. */
final class OkHttpHedgeTest extends HedgeContract {

  private OkHttpClient http = new OkHttpClient();

  @Override
  protected HttpDriverContract.Client wrap(Mesh mesh) {
    http = mesh.wrap(new OkHttpClient());
    return OkHttpDriverTest.client(http);
  }

  /** An interrupt doesn't end a read of a socket; a cancel does. */
  @Override
  protected void giveUp(Thread caller) {
    http.dispatcher().cancelAll();
  }
}
