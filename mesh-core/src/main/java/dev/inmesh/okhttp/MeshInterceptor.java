package dev.inmesh.okhttp;

import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.HttpUpstreams;
import java.io.IOException;
import java.net.ProtocolException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.EventListener;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The last interceptor of a wrapped client. A call to an upstream never gets past it: it is made in
 * attempts of its own. Every other call passes untouched.
 */
final class MeshInterceptor implements Interceptor {

  private final Supplier<HttpUpstreams> upstreams;
  private final AttemptClients clients;
  private final OkHttpClient outside;

  MeshInterceptor(Supplier<HttpUpstreams> upstreams, AttemptClients clients) {
    this.upstreams = upstreams;
    this.clients = clients;
    this.outside = clients.outside();
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    HttpUpstream upstream = upstream(request);
    if (upstream == null || isUpgrade(request) || isDuplex(request)) {
      return chain.proceed(request);
    }
    CallListener listener = listener(chain);
    long startNanos = listener.startNanos();
    UpstreamCall call = new UpstreamCall(upstream, clients, chain, listener, request, startNanos);
    Response response = call.execute();
    return chain.getFollowRedirects() && response.isRedirect()
        ? followed(response, request, chain, listener, startNanos, call.deadlineNanos())
        : response;
  }

  private Response followed(
      Response first,
      Request firstRequest,
      Chain chain,
      CallListener listener,
      long startNanos,
      long deadlineNanos)
      throws IOException {
    Response response = first;
    Request request = firstRequest;
    for (int hops = 1; ; hops++) {
      Request next = Redirects.next(request, response, chain.getFollowSslRedirects());
      if (next == null) {
        return response;
      }
      response.close();
      if (hops > Redirects.MAX) {
        throw new ProtocolException("Too many follow-up requests: " + hops);
      }
      HttpUpstream upstream = upstream(next);
      if (upstream == null) {
        return outside(next, chain, listener, deadlineNanos)
            .newBuilder()
            .priorResponse(response)
            .build();
      }
      response =
          new UpstreamCall(upstream, clients, chain, listener, next, startNanos)
              .execute()
              .newBuilder()
              .priorResponse(response)
              .build();
      request = next;
    }
  }

  /** A redirect that leaves the mesh still has to keep the call's deadline. */
  private Response outside(Request request, Chain chain, CallListener listener, long deadlineNanos)
      throws IOException {
    Call call = outside.newCall(request);
    call.timeout().timeout(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
    listener.attempt(chain.call(), call);
    return call.execute();
  }

  private @Nullable HttpUpstream upstream(Request request) {
    return upstreams.get().find(request.url().host(), request.url().port());
  }

  private static boolean isUpgrade(Request request) {
    return request.header("Upgrade") != null;
  }

  private static boolean isDuplex(Request request) {
    RequestBody body = request.body();
    return body != null && body.isDuplex();
  }

  private static CallListener listener(Chain chain) {
    if (chain.getEventListener() instanceof CallListener own) {
      return own;
    }
    // Somebody set another event listener factory on the wrapped client.
    CallListener listener = new CallListener(EventListener.NONE);
    chain.call().addEventListener(listener);
    return listener;
  }
}
