package dev.inmesh.okhttp;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.ResolveContract;
import dev.inmesh.http.Resolver;
import dev.inmesh.http.Timers;
import dev.inmesh.server.AllowedNetworks;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;
import okhttp3.OkHttpClient;
import okhttp3.Request;

final class OkHttpResolveTest extends ResolveContract {

  @Override
  protected Call call(
      Supplier<HttpUpstreams> upstreams, Resolver resolver, UpstreamSettings settings) {
    OkHttpMesh mesh =
        new OkHttpMesh(
            upstreams,
            resolver,
            () -> AllowedNetworks.ANY,
            (nanos, action) -> Timers.Timer.NONE,
            ForkJoinPool.commonPool(),
            ForkJoinPool.commonPool());
    mesh.apply(List.of(settings));
    okhttp3.Call call =
        mesh.wrap(new OkHttpClient()).newCall(new Request.Builder().url("http://u/").build());
    return call::execute;
  }
}
