package dev.inmesh.discovery.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.data.Stat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Which nodes a registrar writes. */
@Timeout(180)
final class ZooKeeperRegistrarTest {

  private static final ServerEntry ENTRY = ServerEntry.line("10.0.0.3:5000 weight=5");
  private static final String PATH = ZooKeeperRegistry.PATH + "/10.0.0.3:5000";

  @SuppressWarnings("NullAway.Init") // Before each test.
  private ZooKeeperRegistry registry;

  @BeforeEach
  void start() throws Exception {
    registry = new ZooKeeperRegistry(NodeFormat.AUTO);
  }

  @AfterEach
  void end() throws Exception {
    registry.close();
  }

  private SourceSettings settings(String digest) {
    return Settings.of(Objects.requireNonNull(registry.keys().get("address")), "auto", digest);
  }

  private Registrar open(String digest) {
    return new ZooKeeperSourceFactory().registrar(settings(digest)).orElseThrow();
  }

  private Stat stat() throws Exception {
    Stat stat = registry.client().checkExists().forPath(PATH);
    assertThat(stat).isNotNull();
    return Objects.requireNonNull(stat);
  }

  private String data() throws Exception {
    return new String(registry.client().getData().forPath(PATH), StandardCharsets.UTF_8);
  }

  private static void again(Registrar registrar) throws Exception {
    while (true) {
      try {
        registrar.register("inventory", ENTRY);
        return;
      } catch (IOException e) {
        // As the mesh does.
        Thread.sleep(50);
      }
    }
  }

  @Test
  void aNodeGoesWithItsSession() throws Exception {
    try (Registrar registrar = open("")) {
      registrar.register("inventory", ENTRY);

      assertThat(data()).isEqualTo("10.0.0.3:5000 weight=5");
      assertThat(stat().getEphemeralOwner()).isNotZero();
    }
    assertThat(registry.client().checkExists().forPath(PATH)).isNull();
  }

  @Test
  void renewingChangesNothingThatIsRight() throws Exception {
    try (Registrar registrar = open("")) {
      registrar.register("inventory", ENTRY);
      long before = stat().getMzxid();

      registrar.register("inventory", ENTRY);
      assertThat(stat().getMzxid()).isEqualTo(before);

      registrar.register("inventory", ENTRY.with("drain"));
      assertThat(data()).isEqualTo("10.0.0.3:5000 weight=5 drain");
      assertThat(stat().getMzxid()).isNotEqualTo(before);
    }
  }

  @Test
  void theNodeOfAFormerProcessIsReplacedSinceItWouldGoWithThatOne() throws Exception {
    CuratorFramework former = registry.client();
    former
        .create()
        .withMode(CreateMode.EPHEMERAL)
        .forPath(PATH, "10.0.0.3:5000".getBytes(StandardCharsets.UTF_8));
    long before = stat().getEphemeralOwner();

    try (Registrar registrar = open("")) {
      registrar.register("inventory", ENTRY);

      assertThat(stat().getEphemeralOwner()).isNotZero().isNotEqualTo(before);
      assertThat(data()).isEqualTo("10.0.0.3:5000 weight=5");
    }
  }

  @Test
  void aSessionThatExpiresIsFollowedByAnother() throws Exception {
    SourceSettings settings = settings("");
    ZooKeeperClient client = new ZooKeeperClient(settings);
    try (Registrar registrar = new ZooKeeperRegistrar(client, settings, NodeFormat.AUTO)) {
      registrar.register("inventory", ENTRY);
      long before = stat().getEphemeralOwner();

      Sessions.expire(client.session(), settings.value(ZooKeeperSourceFactory.ADDRESS).get(0));
      assertThat(registry.client().checkExists().forPath(PATH)).isNull();

      again(registrar);
      assertThat(stat().getEphemeralOwner()).isNotZero().isNotEqualTo(before);
    }
  }

  @Test
  void whatIsNotThereIsDeregisteredAllTheSame() throws Exception {
    try (Registrar registrar = open("")) {
      registrar.deregister("inventory", ENTRY);
      registrar.register("inventory", ENTRY);
      registrar.deregister("inventory", ENTRY);

      assertThat(registry.client().checkExists().forPath(PATH)).isNull();
      // With another session than the last one's, too.
      registrar.register("inventory", ENTRY);
    }
  }

  @Test
  void theServicesNodeIsMadeWhereThereIsNone() throws Exception {
    try (Registrar registrar = open("")) {
      registrar.register("orders/eu", ENTRY);

      assertThat(registry.client().getChildren().forPath("/services/orders/eu"))
          .containsExactly("10.0.0.3:5000");
    }
  }

  @Test
  void whoHasADigestWritesNodesThatOthersCanOnlyRead() throws Exception {
    try (Registrar registrar = open("inmesh:hush");
        Registrar other = open("")) {
      registrar.register("orders", ENTRY);
      String path = "/services/orders/10.0.0.3:5000";

      // Who may delete a node is said by its parent.
      for (String node : List.of(path, "/services/orders")) {
        assertThat(registry.client().getACL().forPath(node))
            .extracting(acl -> acl.getId().getScheme() + " " + acl.getPerms())
            .containsExactlyInAnyOrder("digest 31", "world 1");
      }
      assertThat(registry.client().getData().forPath(path)).asString().endsWith("weight=5");
      assertThatThrownBy(() -> other.register("orders", ENTRY.with("down")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("is refused; set digest")
          .hasMessageNotContaining("hush");
    }
  }

  @Test
  void aRegistryThatIsAwaySaysSo() throws Exception {
    try (Registrar registrar = open("")) {
      registry.kill();

      assertThatThrownBy(() -> registrar.register("inventory", ENTRY))
          .isInstanceOf(IOException.class)
          .hasMessageStartingWith("no connection to 127.0.0.1:");
    }
  }
}
