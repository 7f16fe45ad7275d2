package dev.inmesh.okhttp;

import dev.inmesh.call.Phase;
import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Knows what a call that the mesh makes is busy with. Of one thread at a time: the caller's until
 * it has the answer, then whichever reads the body.
 */
abstract class PhaseListener extends ForwardingListener {

  private final Call userCall;
  private Phase phase;

  /**
   * @param first what it is busy with before it connects
   */
  PhaseListener(EventListener listener, Call userCall, Phase first) {
    super(listener);
    this.userCall = userCall;
    this.phase = first;
  }

  @Override
  final Call userCall(Call call) {
    return userCall;
  }

  /** From now on it is busy with that. */
  final void begins(Phase next) {
    phase = next;
  }

  /** What the call is busy with. */
  final Phase phase() {
    return phase;
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    phase = Phase.CONNECT;
    super.connectStart(call, address, proxy);
  }

  @Override
  public void secureConnectStart(Call call) {
    phase = Phase.TLS;
    super.secureConnectStart(call);
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    phase = Phase.WRITE;
    super.connectionAcquired(call, connection);
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    phase = Phase.SERVER;
    super.requestHeadersEnd(call, request);
  }

  @Override
  public void requestBodyStart(Call call) {
    phase = Phase.WRITE;
    super.requestBodyStart(call);
  }

  @Override
  public void requestBodyEnd(Call call, long byteCount) {
    phase = Phase.SERVER;
    super.requestBodyEnd(call, byteCount);
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    phase = Phase.BODY;
    super.responseHeadersEnd(call, response);
  }
}
