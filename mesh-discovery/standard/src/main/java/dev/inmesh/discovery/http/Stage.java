package dev.inmesh.discovery.http;

import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;

/** How far a call has come. */
final class Stage extends EventListener {

  private volatile boolean connected;

  /** That of a call, which carries it. */
  static EventListener of(Call call) {
    Stage stage = call.request().tag(Stage.class);
    return stage == null ? EventListener.NONE : stage;
  }

  boolean isConnected() {
    return connected;
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    connected = true;
  }
}
