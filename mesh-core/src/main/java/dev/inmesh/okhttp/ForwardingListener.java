package dev.inmesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.util.List;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Handshake;
import okhttp3.HttpUrl;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Passes what happens within a call on to the user's listener, as events of the call that the user
 * made. The beginning and the end of a call are left to the subclasses.
 */
abstract class ForwardingListener extends EventListener {

  private final EventListener listener;

  ForwardingListener(EventListener listener) {
    this.listener = listener;
  }

  /** The user's listener. */
  final EventListener listener() {
    return listener;
  }

  /** The call that the user made, whichever call the event is of. */
  abstract Call userCall(Call call);

  @Override
  public void proxySelectStart(Call call, HttpUrl url) {
    listener.proxySelectStart(userCall(call), url);
  }

  @Override
  public void proxySelectEnd(Call call, HttpUrl url, List<Proxy> proxies) {
    listener.proxySelectEnd(userCall(call), url, proxies);
  }

  @Override
  public void dnsStart(Call call, String domainName) {
    listener.dnsStart(userCall(call), domainName);
  }

  @Override
  public void dnsEnd(Call call, String domainName, List<InetAddress> addresses) {
    listener.dnsEnd(userCall(call), domainName, addresses);
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    listener.connectStart(userCall(call), address, proxy);
  }

  @Override
  public void secureConnectStart(Call call) {
    listener.secureConnectStart(userCall(call));
  }

  @Override
  public void secureConnectEnd(Call call, @Nullable Handshake handshake) {
    listener.secureConnectEnd(userCall(call), handshake);
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    listener.connectEnd(userCall(call), address, proxy, protocol);
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException failure) {
    listener.connectFailed(userCall(call), address, proxy, protocol, failure);
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    listener.connectionAcquired(userCall(call), connection);
  }

  @Override
  public void connectionReleased(Call call, Connection connection) {
    listener.connectionReleased(userCall(call), connection);
  }

  @Override
  public void requestHeadersStart(Call call) {
    listener.requestHeadersStart(userCall(call));
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    listener.requestHeadersEnd(userCall(call), request);
  }

  @Override
  public void requestBodyStart(Call call) {
    listener.requestBodyStart(userCall(call));
  }

  @Override
  public void requestBodyEnd(Call call, long byteCount) {
    listener.requestBodyEnd(userCall(call), byteCount);
  }

  @Override
  public void requestFailed(Call call, IOException failure) {
    listener.requestFailed(userCall(call), failure);
  }

  @Override
  public void responseHeadersStart(Call call) {
    listener.responseHeadersStart(userCall(call));
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    listener.responseHeadersEnd(userCall(call), response);
  }

  @Override
  public void responseBodyStart(Call call) {
    listener.responseBodyStart(userCall(call));
  }

  @Override
  public void responseBodyEnd(Call call, long byteCount) {
    listener.responseBodyEnd(userCall(call), byteCount);
  }

  @Override
  public void responseFailed(Call call, IOException failure) {
    listener.responseFailed(userCall(call), failure);
  }

  @Override
  public void satisfactionFailure(Call call, Response response) {
    listener.satisfactionFailure(userCall(call), response);
  }

  @Override
  public void cacheHit(Call call, Response response) {
    listener.cacheHit(userCall(call), response);
  }

  @Override
  public void cacheMiss(Call call) {
    listener.cacheMiss(userCall(call));
  }

  @Override
  public void cacheConditionalHit(Call call, Response cachedResponse) {
    listener.cacheConditionalHit(userCall(call), cachedResponse);
  }

  @Override
  public void retryDecision(Call call, IOException failure, boolean retry) {
    listener.retryDecision(userCall(call), failure, retry);
  }

  @Override
  public void followUpDecision(Call call, Response networkResponse, @Nullable Request nextRequest) {
    listener.followUpDecision(userCall(call), networkResponse, nextRequest);
  }
}
