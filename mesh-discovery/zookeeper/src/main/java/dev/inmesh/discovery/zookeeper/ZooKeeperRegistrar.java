package dev.inmesh.discovery.zookeeper;

import dev.inmesh.server.Registrar;
import dev.inmesh.server.ServerEntry;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import org.apache.curator.framework.CuratorFramework;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.data.Stat;

/**
 * Writes an ephemeral node, named after the server's address, that ZooKeeper deletes when its
 * session expires. The session is this registrar's own.
 */
final class ZooKeeperRegistrar implements Registrar {

  private static final Duration RENEWAL = Duration.ofSeconds(2);

  private final ZooKeeperClient client;
  private final SourceSettings settings;
  private final NodeFormat format;

  ZooKeeperRegistrar(ZooKeeperClient client, SourceSettings settings, NodeFormat format) {
    this.client = client;
    this.settings = settings;
    this.format = format;
  }

  private String path(String service, ServerEntry entry) {
    return ZooKeeperSourceFactory.path(settings, service) + "/" + entry.address();
  }

  @Override
  public void register(String service, ServerEntry entry) throws IOException, InterruptedException {
    String path = path(service, entry);
    byte[] data = format.write(service, entry);
    try {
      CuratorFramework curator = client.connected();
      long session = client.session().getSessionId();
      Stat stat = new Stat();
      byte[] there;
      try {
        there = curator.getData().storingStatIn(stat).forPath(path);
      } catch (KeeperException.NoNodeException e) {
        create(curator, path, data);
        return;
      }
      if (stat.getEphemeralOwner() != session) {
        replace(curator, path, data);
      } else if (!Arrays.equals(there, data)) {
        curator.setData().forPath(path, data);
      }
    } catch (Exception e) {
      throw client.failure(e);
    }
  }

  private static void create(CuratorFramework curator, String path, byte[] data) throws Exception {
    curator
        .create()
        .creatingParentContainersIfNeeded()
        .withMode(CreateMode.EPHEMERAL)
        .forPath(path, data);
  }

  /** A former process has written it: it would go with that one's session. */
  private static void replace(CuratorFramework curator, String path, byte[] data) throws Exception {
    curator
        .transaction()
        .forOperations(
            curator.transactionOp().delete().forPath(path),
            curator.transactionOp().create().withMode(CreateMode.EPHEMERAL).forPath(path, data));
  }

  @Override
  public void deregister(String service, ServerEntry entry)
      throws IOException, InterruptedException {
    try {
      client.connected().delete().quietly().forPath(path(service, entry));
    } catch (Exception e) {
      throw client.failure(e);
    }
  }

  @Override
  public boolean canDrain() {
    return true;
  }

  @Override
  public Duration renewal() {
    return RENEWAL;
  }

  @Override
  public void close() {
    client.close();
  }
}
