package dev.inmesh.discovery.zookeeper;

import dev.inmesh.server.Listing;
import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;

/** The node of a service, whose children are its servers. */
final class ServiceNode {

  /** Without a change the registry is asked so often whether it is still there. */
  private static final long CONFIRM_MILLIS = 2_000;

  /** An empty list is read anew after so long. */
  private static final long EMPTY_MILLIS = 1_000;

  /** Changes that come within so long of each other are one. */
  private static final long GATHER_MILLIS = 20;

  private final ZooKeeper zooKeeper;
  private final String path;
  private final NodeFormat format;
  private final NodeWatch watch;

  /** By the children's names, so that of two entries of one server the same one counts always. */
  private final Map<String, ServerEntry> servers = new TreeMap<>();

  ServiceNode(ZooKeeper zooKeeper, String path, NodeFormat format, NodeWatch watch) {
    this.zooKeeper = zooKeeper;
    this.path = path;
    this.format = format;
    this.watch = watch;
  }

  /** Follows it for as long as the connection lasts. */
  void follow(Listing listing) throws IOException, KeeperException, InterruptedException {
    readAll();
    boolean settled = listing.list(List.copyOf(servers.values()));
    while (true) {
      NodeWatch.Changes changes = watch.await(settled ? CONFIRM_MILLIS : EMPTY_MILLIS);
      if (changes.isNone() && settled) {
        Stat unused = zooKeeper.exists(path, false);
        listing.unchanged();
        continue;
      }
      if (changes.isNone()) {
        readAll();
      } else {
        read(changes);
        Thread.sleep(GATHER_MILLIS);
        read(watch.await(0));
      }
      settled = listing.list(List.copyOf(servers.values()));
    }
  }

  private void read(NodeWatch.Changes changes)
      throws IOException, KeeperException, InterruptedException {
    if (changes.all()) {
      readAll();
    } else {
      read(changes.children());
    }
  }

  private void readAll() throws IOException, KeeperException, InterruptedException {
    servers.clear();
    try {
      read(zooKeeper.getChildren(path, false));
    } catch (KeeperException.NoNodeException e) {
      // A service without a node is one without servers.
    }
  }

  private void read(Collection<String> children)
      throws IOException, KeeperException, InterruptedException {
    Map<String, ServerEntry> there = ChildReads.of(zooKeeper, path, format, children);
    servers.keySet().removeAll(children);
    servers.putAll(there);
  }
}
