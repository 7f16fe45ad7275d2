package dev.inmesh.samples.bench;

import dev.inmesh.balance.RandomSource;
import dev.inmesh.config.BalancerType;
import dev.inmesh.config.Configuration;
import dev.inmesh.config.Sources;
import dev.inmesh.config.UpstreamSettings;
import dev.inmesh.engine.PauseDetector;
import dev.inmesh.engine.UpstreamEngine;
import dev.inmesh.micrometer.MeshMeters;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Upstreams to measure engines with. */
final class Upstreams {

  private Upstreams() {}

  /** The settings of one whose last server is on the given port; the others are on 5000. */
  static UpstreamSettings of(BalancerType balancer, int servers, int firstWeight, int lastPort) {
    String list =
        IntStream.range(0, servers)
            .mapToObj(
                i ->
                    "10.0.%d.%d:%d weight=%d"
                        .formatted(
                            i / 250,
                            i % 250,
                            i == servers - 1 ? lastPort : 5000,
                            i == 0 ? firstWeight : 1))
            .collect(Collectors.joining(","));
    Map<String, String> keys =
        Map.of(
            "mesh.upstream.inventory.servers",
            list,
            "mesh.upstream.inventory.balancer",
            balancer.name().toLowerCase(Locale.ROOT));
    return Objects.requireNonNull(
        Configuration.open(Sources.of(keys)).current().settings().upstreams().get("inventory"));
  }

  /** An engine with meters. */
  static UpstreamEngine engine(UpstreamSettings settings) {
    MeshMeters meters = new MeshMeters(new SimpleMeterRegistry(), true, 100);
    UpstreamEngine engine =
        new UpstreamEngine(
            settings,
            meters.upstream(settings.name(), ""),
            route -> meters.upstream(settings.name(), route),
            RandomSource.perThread(),
            new PauseDetector(),
            System.nanoTime());
    meters.gauges(engine);
    return engine;
  }
}
