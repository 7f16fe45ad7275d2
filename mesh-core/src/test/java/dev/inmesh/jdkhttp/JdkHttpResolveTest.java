package dev.inmesh.jdkhttp;

import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.http.HttpUpstreams;
import dev.inmesh.http.ResolveContract;
import dev.inmesh.http.Resolver;
import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.timer.DaemonTimers;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.ForkJoinPool;
import java.util.function.Supplier;

final class JdkHttpResolveTest extends ResolveContract {

  @Override
  protected Call call(
      Supplier<HttpUpstreams> upstreams, Resolver resolver, UpstreamSettings settings) {
    JdkHttpMesh mesh =
        new JdkHttpMesh(
            upstreams,
            resolver,
            () -> AllowedNetworks.ANY,
            new DaemonTimers("timers"),
            ForkJoinPool.commonPool(),
            (upstream, key) -> key);
    mesh.apply(List.of(settings));
    HttpClient http = mesh.wrap(HttpClient.newHttpClient());
    HttpRequest request = HttpRequest.newBuilder(URI.create("http://u/")).build();
    return () -> http.send(request, BodyHandlers.discarding());
  }
}
