package dev.inmesh.discovery.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.config.MeshConfigException;
import dev.inmesh.server.SourceSettings;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Wrong keys are told before anything is connected to. */
final class ZooKeeperKeysTest {

  private static void refused(String key, String value, String message) {
    Map<String, String> keys = new HashMap<>();
    keys.put("mesh.discovery.zk.type", "zookeeper");
    keys.put("mesh.discovery.zk.address", "127.0.0.1:2181");
    keys.put("mesh.upstream.inventory.discovery", "zk");
    keys.put(key, value);

    assertThatThrownBy(() -> Mesh.of(keys))
        .isInstanceOf(MeshConfigException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(message);
  }

  @Test
  void aBaseIsThePathOfANode() {
    refused("mesh.discovery.zk.base", "services", "'services' is no path of a node");
    refused("mesh.discovery.zk.base", "/services/", "'/services/' is no path of a node");
    refused("mesh.discovery.zk.base", "/a/../b", "'/a/../b' is no path of a node");
  }

  @Test
  void aServiceIsTheRestOfThePath() {
    refused("mesh.upstream.inventory.discovery.service", "a//b", "'a//b' is no path of a node");
    refused("mesh.upstream.inventory.discovery.service", "../x", "'../x' is no path of a node");
  }

  @Test
  void aDigestHasAUserAndIsNotShown() {
    assertThatThrownBy(() -> refused("mesh.discovery.zk.digest", "hush", "hush"))
        .isInstanceOf(AssertionError.class);
    refused("mesh.discovery.zk.digest", "hush", "has no user; write user:password");
  }

  @Test
  void aFormatIsOneOfThree() {
    refused("mesh.discovery.zk.format", "json", "auto, lines, curator");
  }

  @Test
  void theBaseMayBeTheRoot() {
    assertThat(
            ZooKeeperSourceFactory.path(
                new SourceSettings("zk", "zookeeper", Map.of("base", "/")), "inventory"))
        .isEqualTo("/inventory");
  }
}
