package dev.inmesh.discovery.zookeeper;

import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryForever;
import org.apache.curator.test.TestingServer;

/** Curator's test server, and a client of its own that lists servers there. */
final class ZooKeeperRegistry implements TestRegistry {

  static final String PATH = "/services/inventory";

  /** As much as a server takes, and more than a client does, both by their defaults. */
  private static final int MOST_DATA = 1_048_488;

  private final NodeFormat format;
  private final TestingServer server;
  private final CuratorFramework client;
  private int nodes;

  ZooKeeperRegistry(NodeFormat format) throws Exception {
    this.format = format;
    this.server = new TestingServer();
    this.client =
        CuratorFrameworkFactory.builder()
            .connectString(server.getConnectString())
            .retryPolicy(new RetryForever(50))
            .build();
    client.start();
    client.create().creatingParentsIfNeeded().forPath(PATH, new byte[0]);
  }

  CuratorFramework client() {
    return client;
  }

  @Override
  public Map<String, String> keys() {
    Map<String, String> keys = new HashMap<>();
    keys.put("type", "zookeeper");
    keys.put("address", server.getConnectString());
    keys.put("format", format.name().toLowerCase(Locale.ROOT));
    return keys;
  }

  @Override
  public String service() {
    return "inventory";
  }

  @Override
  public void list(List<ServerEntry> entries) throws Exception {
    List<String> before = client.getChildren().forPath(PATH);
    for (ServerEntry entry : entries) {
      node("n" + ++nodes, format.write("inventory", entry));
    }
    for (String name : before) {
      delete(name);
    }
  }

  /** Makes or changes a node. */
  void node(String name, byte[] data) throws Exception {
    byte[] fits = data.length > MOST_DATA ? Arrays.copyOf(data, MOST_DATA) : data;
    client.create().orSetData().forPath(PATH + "/" + name, fits);
  }

  /** Deletes a node. */
  void delete(String name) throws Exception {
    client.delete().forPath(PATH + "/" + name);
  }

  @Override
  public void kill() throws IOException {
    server.stop();
  }

  @Override
  public void restart() throws Exception {
    server.restart();
    client.blockUntilConnected(30, TimeUnit.SECONDS);
  }

  @Override
  public void close() throws IOException {
    client.close();
    server.close();
  }
}
