package dev.inmesh.okhttp;

import dev.inmesh.call.Phase;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Proxy;
import okhttp3.Call;
import okhttp3.Connection;
import okhttp3.EventListener;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * Listens to one attempt: knows what it is busy with, whether a byte may have left, and whether its
 * connection was used before. Events within the attempt are passed on as events of the user's call,
 * with the address that was really connected.
 *
 * <p>Of one thread at a time: the caller's until it has the answer, then whichever reads the body.
 * Only a cancel may come from any other one.
 */
final class AttemptListener extends PhaseListener {

  private final AttemptClients clients;
  private final AttemptClients.Target target;
  private final int port;
  private final long deadlineNanos;

  private boolean connecting;
  private boolean acquired;
  private boolean reused;
  private boolean sent;
  private boolean answered;
  private volatile @Nullable Runnable onCancel;
  private volatile @Nullable StreamWatch watch;

  AttemptListener(
      EventListener listener,
      Call userCall,
      AttemptClients clients,
      AttemptClients.Target target,
      int port,
      long deadlineNanos) {
    super(listener, userCall, Phase.CONNECT);
    this.clients = clients;
    this.target = target;
    this.port = port;
    this.deadlineNanos = deadlineNanos;
  }

  /** Whether it had a connection. */
  boolean wasConnected() {
    return acquired;
  }

  /** Whether a byte of the request may have left. */
  boolean wasSent() {
    return sent;
  }

  /** Whether it went over a connection of an earlier attempt and no answer came. */
  boolean failedOnReusedConnection() {
    return reused && !answered;
  }

  /** Runs when the attempt is cancelled, by its time or by anybody. */
  void onCancel(Runnable action) {
    onCancel = action;
  }

  /** The request is written, or never will be. */
  void writtenOrGivenUp() {
    writing(false);
  }

  private void writing(boolean now) {
    StreamWatch current = watch;
    if (current != null) {
      current.writing(now);
    }
  }

  @Override
  public void canceled(Call call) {
    StreamWatch current = watch;
    if (current != null) {
      current.cancelled(System.nanoTime() - deadlineNanos >= 0);
    }
    Runnable action = onCancel;
    if (action != null) {
      action.run();
    }
  }

  @Override
  public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
    connecting = true;
    super.connectStart(call, real(address), proxy);
  }

  @Override
  public void connectEnd(
      Call call, InetSocketAddress address, Proxy proxy, @Nullable Protocol protocol) {
    super.connectEnd(call, real(address), proxy, protocol);
  }

  @Override
  public void connectFailed(
      Call call,
      InetSocketAddress address,
      Proxy proxy,
      @Nullable Protocol protocol,
      IOException failure) {
    super.connectFailed(call, real(address), proxy, protocol, failure);
  }

  private InetSocketAddress real(InetSocketAddress address) {
    return new InetSocketAddress(address.getAddress(), port);
  }

  @Override
  public void connectionAcquired(Call call, Connection connection) {
    acquired = true;
    reused = !connecting;
    StreamWatch current = StreamWatch.of(connection, target, clients);
    watch = current;
    if (current != null && call.isCanceled()) {
      current.cancelled(false); // It may have come before there was anything to tell.
    }
    super.connectionAcquired(call, connection);
  }

  @Override
  public void connectionReleased(Call call, Connection connection) {
    target.connections().released();
    super.connectionReleased(call, connection);
  }

  @Override
  public void requestHeadersStart(Call call) {
    sent = true;
    writing(true);
    super.requestHeadersStart(call);
  }

  @Override
  public void requestHeadersEnd(Call call, Request request) {
    writing(false);
    super.requestHeadersEnd(call, request);
  }

  @Override
  public void requestBodyStart(Call call) {
    writing(true);
    super.requestBodyStart(call);
  }

  @Override
  public void requestBodyEnd(Call call, long byteCount) {
    writing(false);
    super.requestBodyEnd(call, byteCount);
  }

  @Override
  public void responseHeadersEnd(Call call, Response response) {
    answered = true;
    super.responseHeadersEnd(call, response);
  }
}
