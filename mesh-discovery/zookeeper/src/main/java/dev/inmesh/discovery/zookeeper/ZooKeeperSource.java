package dev.inmesh.discovery.zookeeper;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerSource;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;

/** Server lists from the children of nodes. One session for all services. */
final class ZooKeeperSource implements ServerSource {

  private final ZooKeeperClient client;
  private final SourceSettings settings;
  private final NodeFormat format;

  ZooKeeperSource(ZooKeeperClient client, SourceSettings settings, NodeFormat format) {
    this.client = client;
    this.settings = settings;
    this.format = format;
  }

  @Override
  public void follow(String service, Listing listing) throws IOException, InterruptedException {
    ZooKeeper zooKeeper = client.session();
    String path = ZooKeeperSourceFactory.path(settings, service);
    try (NodeWatch watch = NodeWatch.open(zooKeeper, path)) {
      new ServiceNode(zooKeeper, path, format, watch).follow(listing);
    } catch (KeeperException e) {
      throw client.failure(e);
    }
  }

  @Override
  public void close() {
    client.close();
  }
}
