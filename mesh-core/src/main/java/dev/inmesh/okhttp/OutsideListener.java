package dev.inmesh.okhttp;

import okhttp3.Call;
import okhttp3.EventListener;

/** Events of a redirect that left the mesh, as events of the user's call. */
final class OutsideListener extends ForwardingListener {

  private final Call userCall;

  OutsideListener(EventListener listener, Call userCall) {
    super(listener);
    this.userCall = userCall;
  }

  @Override
  Call userCall(Call call) {
    return userCall;
  }
}
