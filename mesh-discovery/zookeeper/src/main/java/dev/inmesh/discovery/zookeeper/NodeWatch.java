package dev.inmesh.discovery.zookeeper;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.WatchedEvent;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.Watcher.WatcherType;
import org.apache.zookeeper.ZooKeeper;

/**
 * Hears of each change of a node and its children, and gathers them. One watch for all of them,
 * also for a node that isn't there yet.
 */
final class NodeWatch implements Watcher, AutoCloseable {

  /**
   * What has changed.
   *
   * @param all whether the node itself was made or deleted, so that nothing is known any more
   * @param children the names of those that were made, changed or deleted
   */
  record Changes(boolean all, Set<String> children) {

    boolean isNone() {
      return !all && children.isEmpty();
    }
  }

  private final ZooKeeper zooKeeper;
  private final String path;

  // All below is guarded by this.
  private Set<String> children = new HashSet<>();
  private boolean all;
  private boolean lost;

  private NodeWatch(ZooKeeper zooKeeper, String path) {
    this.zooKeeper = zooKeeper;
    this.path = path;
  }

  /** Hears of all that changes from when this returns. */
  static NodeWatch open(ZooKeeper zooKeeper, String path)
      throws KeeperException, InterruptedException {
    NodeWatch watch = new NodeWatch(zooKeeper, path);
    zooKeeper.addWatch(path, watch, AddWatchMode.PERSISTENT_RECURSIVE);
    return watch;
  }

  @Override
  public synchronized void process(WatchedEvent event) {
    String changed = event.getPath();
    if (event.getType() == Event.EventType.None || changed == null) {
      // What changes while there is no connection is never heard of.
      lost |= event.getState() != Event.KeeperState.SyncConnected;
    } else if (changed.equals(path)) {
      all |= event.getType() != Event.EventType.NodeDataChanged;
    } else if (changed.startsWith(path + "/")) {
      String below = changed.substring(path.length() + 1);
      int slash = below.indexOf('/');
      children.add(slash < 0 ? below : below.substring(0, slash));
    }
    notifyAll();
  }

  /**
   * Waits for changes.
   *
   * @return what has changed since the last call; nothing when nothing does for so long
   * @throws IOException if the connection was lost since {@link #open}
   */
  synchronized Changes await(long millis) throws IOException, InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime();
        left > 0 && !lost && !all && children.isEmpty();
        left = end - System.nanoTime()) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    if (lost) {
      throw new IOException("connection lost");
    }
    Changes changes = new Changes(all, children);
    all = false;
    children = new HashSet<>();
    return changes;
  }

  /** Waits for nothing; without a connection the client forgets by itself. */
  @Override
  public void close() {
    zooKeeper.removeWatches(path, this, WatcherType.Any, true, (code, node, context) -> {}, null);
  }
}
