package dev.inmesh.okhttp;

import dev.inmesh.call.MeshException;
import dev.inmesh.http.HttpUpstream;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.RedirectedOut;
import dev.inmesh.server.OutsideNetworksException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import okhttp3.Call;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.jspecify.annotations.Nullable;

/**
 * The last interceptor of a wrapped client. A call to an upstream is made from here in attempts of
 * its own; every other call, and what is no plain exchange (upgrades, duplex bodies), passes
 * untouched.
 */
final class MeshInterceptor implements Interceptor {

  private final Supplier<HttpUpstreams> upstreams;
  private final AttemptClients clients;
  private final OutsideClients outside;

  MeshInterceptor(
      Supplier<HttpUpstreams> upstreams, AttemptClients clients, OutsideClients outside) {
    this.upstreams = upstreams;
    this.clients = clients;
    this.outside = outside;
  }

  @Override
  public Response intercept(Chain chain) throws IOException {
    Request request = chain.request();
    HttpUpstream upstream = upstream(request);
    if (upstream == null || isUpgrade(request) || isDuplex(request)) {
      return chain.proceed(request);
    }
    CallListener listener = CallListener.of(chain);
    long startNanos = listener.startNanos();
    long limitNanos = listener.limitNanos(startNanos);
    UpstreamCall call =
        new UpstreamCall(upstream, clients, chain, listener, request, startNanos, limitNanos);
    Response response = call.execute();
    return chain.getFollowRedirects() && response.isRedirect()
        ? followed(response, request, upstream, chain, listener, startNanos, call.deadlineNanos())
        : response;
  }

  private Response followed(
      Response first,
      Request firstRequest,
      HttpUpstream firstUpstream,
      Chain chain,
      CallListener listener,
      long startNanos,
      long deadlineNanos)
      throws IOException {
    Response response = first;
    Request request = firstRequest;
    HttpUpstream from = firstUpstream;
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
      Response answer;
      if (upstream == null) {
        RedirectedOut out =
            new RedirectedOut(from.engine().settings().name(), next.url().uri(), startNanos);
        OutsideClients.Way way = way(next, out);
        answer = outside(way.client(), next, out, chain, listener, deadlineNanos);
        if (!way.guarded()) {
          return answer.newBuilder().priorResponse(response).build();
        }
      } else {
        from = upstream;
        answer =
            new UpstreamCall(
                    upstream,
                    clients,
                    chain,
                    listener,
                    next,
                    startNanos,
                    deadlineNanos - startNanos)
                .execute();
      }
      response = answer.newBuilder().priorResponse(response).build();
      request = next;
    }
  }

  private OutsideClients.Way way(Request request, RedirectedOut out) throws MeshException {
    try {
      return outside.way(request);
    } catch (OutsideNetworksException e) {
      throw out.refused(e);
    }
  }

  /** A redirect that leaves the mesh still has to keep the call's deadline. */
  private Response outside(
      OkHttpClient client,
      Request request,
      RedirectedOut out,
      Chain chain,
      CallListener listener,
      long deadlineNanos)
      throws IOException {
    OutsideListener progress = new OutsideListener(chain.getEventListener(), chain.call());
    try {
      Call call = client.newCall(request);
      call.addEventListener(progress);
      call.timeout().timeout(Math.max(1, deadlineNanos - System.nanoTime()), TimeUnit.NANOSECONDS);
      listener.attempt(chain.call(), call);
      return RetryAfterGuard.restored(
          outside.dns().execute(call, listener, chain.call(), deadlineNanos));
    } catch (OutsideNetworksException e) {
      throw out.refused(e);
    } catch (InterruptedIOException e) {
      boolean late = System.nanoTime() - deadlineNanos >= 0;
      throw late && !Thread.currentThread().isInterrupted() ? out.late(progress.phase(), e) : e;
    }
  }

  private @Nullable HttpUpstream upstream(Request request) {
    HttpUrl url = request.url();
    HttpUpstream upstream = upstreams.get().find(url.host(), url.port());
    if (upstream != null) {
      upstream.calledAs(url.scheme(), url.host(), url.port());
    }
    return upstream;
  }

  private static boolean isUpgrade(Request request) {
    return request.header("Upgrade") != null;
  }

  private static boolean isDuplex(Request request) {
    RequestBody body = request.body();
    return body != null && body.isDuplex();
  }
}
