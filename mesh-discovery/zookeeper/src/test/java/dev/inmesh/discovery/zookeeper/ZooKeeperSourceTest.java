package dev.inmesh.discovery.zookeeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.server.SourceSettings;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.ACL;
import org.apache.zookeeper.data.Id;
import org.apache.zookeeper.server.auth.DigestAuthenticationProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is ZooKeeper's own, beside the contract. */
@Timeout(180)
final class ZooKeeperSourceTest {

  private static final String DIGEST = "inmesh:hush-hush";

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

  private String address() {
    return Objects.requireNonNull(registry.keys().get("address"));
  }

  private Followed follow(String service, String digest) {
    SourceSettings settings = Settings.of(address(), "auto", digest);
    return new Followed(new ZooKeeperSourceFactory().open(settings), service);
  }

  private void line(String name, String line) throws Exception {
    registry.node(name, line.getBytes(UTF_8));
  }

  @Test
  void nodesOfBothKindsAreRead() throws Exception {
    line("a", "10.0.0.1:80 weight=2");
    line("b", "{\"address\": \"10.0.0.2\", \"port\": 80, \"payload\": {\"zone\": \"b\"}}");
    line("10.0.0.3:80", "");

    try (Followed followed = follow("inventory", "")) {
      followed.awaitList("10.0.0.1:80 weight=2", "10.0.0.2:80 zone=b", "10.0.0.3:80");
    }
  }

  @Test
  void aNodeThatChangesIsSeen() throws Exception {
    line("a", "10.0.0.1:80");
    try (Followed followed = follow("inventory", "")) {
      followed.awaitList("10.0.0.1:80");

      line("a", "10.0.0.1:80 drain");
      followed.awaitList("10.0.0.1:80 drain");

      // What is below a server's node means nothing, and does no harm.
      registry.client().create().forPath(ZooKeeperRegistry.PATH + "/a/below", new byte[0]);
      line("a", "10.0.0.1:80 weight=2");
      followed.awaitList("10.0.0.1:80 weight=2");
    }
  }

  @Test
  void aServiceWithoutANodeHasNoServersUntilItIsMade() throws Exception {
    CuratorFramework client = registry.client();
    try (Followed followed = follow("orders/eu", "")) {
      followed.awaitList();

      client.create().creatingParentsIfNeeded().forPath("/services/orders/eu/10.0.0.1:80");
      followed.awaitList("10.0.0.1:80");

      client.delete().deletingChildrenIfNeeded().forPath("/services/orders");
      followed.awaitList();

      client.create().creatingParentsIfNeeded().forPath("/services/orders/eu/10.0.0.2:80");
      followed.awaitList("10.0.0.2:80");
    }
  }

  @Test
  void aSessionThatExpiresIsFollowedByAnother() throws Exception {
    line("a", "10.0.0.1:80");
    SourceSettings settings = Settings.of(address(), "auto", "");
    ZooKeeperClient client = new ZooKeeperClient(settings);
    ZooKeeperSource source = new ZooKeeperSource(client, settings, NodeFormat.AUTO);
    try (Followed followed = new Followed(source, "inventory")) {
      followed.awaitList("10.0.0.1:80");

      Sessions.expire(client.session(), address());
      followed.awaitFailure(message -> message.contains("connection lost"));

      line("b", "10.0.0.2:80");
      followed.awaitList("10.0.0.1:80", "10.0.0.2:80");
      registry.delete("a");
      followed.awaitList("10.0.0.2:80");
    }
  }

  @Test
  void aRegistryThatFallsSilentIsAway() throws Exception {
    line("a", "10.0.0.1:80");
    int port = Integer.parseInt(address().substring(address().indexOf(':') + 1));
    try (SilentProxy proxy = new SilentProxy(port)) {
      SourceSettings settings = Settings.of(proxy.address(), "auto", "");
      try (Followed followed =
          new Followed(new ZooKeeperSourceFactory().open(settings), "inventory")) {
        followed.awaitList("10.0.0.1:80");

        proxy.silent(true);
        followed.awaitFailure(message -> message.contains("connection"));

        line("b", "10.0.0.2:80");
        proxy.silent(false);
        followed.awaitList("10.0.0.1:80", "10.0.0.2:80");
      }
    }
  }

  @Test
  void aRegistryThatIsNotThereIsSaidToBeSoBeforeAStartGivesUpOnIt() throws Exception {
    String nobody;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      nobody = "127.0.0.1:" + socket.getLocalPort();
    }
    SourceSettings settings = Settings.of(nobody, "auto", "");
    try (Followed followed =
        new Followed(new ZooKeeperSourceFactory().open(settings), "inventory")) {
      followed.awaitFailure(message -> message.equals("no connection to " + nobody));
    }

    line("a", "10.0.0.1:80");
    Map<String, String> keys =
        Map.of(
            "mesh.discovery.zk.type", "zookeeper",
            "mesh.discovery.zk.address", address(),
            "mesh.upstream.inventory.discovery", "zk");
    try (Mesh mesh = Mesh.of(keys)) {
      assertThat(mesh.configuration().settings().upstreams().get("inventory"))
          .extracting(upstream -> upstream.discovery().orElseThrow().startTimeout())
          .satisfies(wait -> assertThat(ZooKeeperClient.WAIT).isLessThan(wait));
    }
  }

  @Test
  void aNodeThatIsTooLongForClientsIsDroppedAndTheRestIsUsed() throws Exception {
    registry.node("poison", new byte[1 << 20]);
    line("a", "127.0.0.1:80");
    line("b", "127.0.0.2:80 zone=a\u0007b");
    Map<String, String> keys =
        Map.of(
            "mesh.discovery.zk.type", "zookeeper",
            "mesh.discovery.zk.address", address(),
            "mesh.upstream.inventory.discovery", "zk",
            "mesh.upstream.inventory.discovery.start-timeout", "30s");

    try (Mesh mesh = Mesh.of(keys);
        Followed followed = follow("inventory", "")) {
      followed.await(list -> list.size() == 3);

      assertThat(mesh.upstream("inventory").servers())
          .extracting(ServerStatus::address)
          .containsExactly("127.0.0.1:80");
      followed.await(list -> list.get(2).matches("poison \\(\\d+ bytes\\)"));

      // The connection isn't lost over it, before or after.
      line("c", "127.0.0.3:80");
      followed.await(list -> list.size() == 4);
      assertThat(registry.client().getData().forPath(ZooKeeperRegistry.PATH + "/a")).hasSize(12);
    }
  }

  @Test
  void aThousandChangesInABurstEndInTheRightListAndAreNotAThousandLists() throws Exception {
    line("n", "10.0.0.1:80");
    try (Followed followed = follow("inventory", "")) {
      followed.awaitList("10.0.0.1:80");
      int before = followed.count();
      List<String> expected = new ArrayList<>();
      CuratorFramework client = registry.client();
      for (int i = 0; i < 1_000; i++) {
        // Each node is made; every second one is changed; every fifth one is deleted again.
        String path = ZooKeeperRegistry.PATH + "/" + i;
        String line = "10.1." + i / 250 + "." + i % 250 + ":80";
        client.create().inBackground().forPath(path, line.getBytes(UTF_8));
        if (i % 2 == 0) {
          client.setData().inBackground().forPath(path, (line + " weight=2").getBytes(UTF_8));
        }
        if (i % 5 == 0) {
          client.delete().inBackground().forPath(path);
        } else {
          expected.add(i % 2 == 0 ? line + " weight=2" : line);
        }
      }
      expected.add("10.0.0.1:80");
      expected.sort(null);

      followed.await(expected::equals);
      assertThat(followed.count() - before).isLessThan(1_000);
    }
  }

  @Test
  void aDigestOpensWhatIsClosedToOthersAndIsToldToNobody() throws Exception {
    String hash = DigestAuthenticationProvider.generateDigest(DIGEST);
    List<ACL> closed = List.of(new ACL(ZooDefs.Perms.ALL, new Id("digest", hash)));
    registry.client().create().withACL(closed).forPath("/services/safe", new byte[0]);
    registry
        .client()
        .create()
        .withACL(closed)
        .forPath(ZooKeeperRegistry.PATH + "/hidden", new byte[0]);

    try (Followed followed = follow("safe", DIGEST)) {
      followed.awaitList();
    }
    try (Followed followed = follow("safe", "inmesh:wrong")) {
      followed.awaitFailure(
          message ->
              message.equals("access to /services/safe is refused; set digest, or the node's ACL"));
    }
    try (Followed followed = follow("inventory", "")) {
      followed.awaitList("hidden (access is refused)");
    }
  }
}
