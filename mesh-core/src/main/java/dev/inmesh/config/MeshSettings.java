package dev.inmesh.config;

import dev.inmesh.server.AllowedNetworks;
import java.util.List;
import java.util.Map;

/**
 * Everything that the keys say, at one moment. Immutable.
 *
 * @param enabled false makes every wrapped client a pass-through
 * @param configured whether any {@code mesh.*} key is set
 * @param zone where this process runs; empty when unknown
 * @param region where this process runs; empty when unknown
 * @param allowedNetworks where the mesh may connect to
 * @param metricsPerServer whether meters carry the server's address
 * @param metricsMaxServers servers of an upstream with meters of their own; the rest share {@code
 *     other}
 * @param inboundDeadlineHeaders that say how long our caller waits; lower case
 * @param outboundDeadlineHeader that tells the next service how long we wait; empty for none
 * @param registries by id
 * @param upstreams by name
 * @param databases by name
 */
public record MeshSettings(
    boolean enabled,
    boolean configured,
    String zone,
    String region,
    AllowedNetworks allowedNetworks,
    boolean metricsPerServer,
    int metricsMaxServers,
    List<String> inboundDeadlineHeaders,
    String outboundDeadlineHeader,
    Map<String, RegistrySettings> registries,
    Map<String, UpstreamSettings> upstreams,
    Map<String, DatabaseSettings> databases) {}
