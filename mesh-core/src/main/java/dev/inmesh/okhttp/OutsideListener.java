package dev.inmesh.okhttp;

import dev.inmesh.call.Phase;
import okhttp3.Call;
import okhttp3.EventListener;

/** Events of a redirect that left the mesh, as events of the user's call. */
final class OutsideListener extends PhaseListener {

  OutsideListener(EventListener listener, Call userCall) {
    super(listener, userCall, Phase.RESOLVE);
  }

  /** At each redirect that is followed from there. */
  @Override
  public void dnsStart(Call call, String domainName) {
    begins(Phase.RESOLVE);
    super.dnsStart(call, domainName);
  }
}
