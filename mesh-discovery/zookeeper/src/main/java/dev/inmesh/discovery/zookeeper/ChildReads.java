package dev.inmesh.discovery.zookeeper;

import dev.inmesh.server.ServerEntry;
import java.io.IOException;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.data.Stat;
import org.jspecify.annotations.Nullable;

/**
 * Reads many children at the same time. The length of each is asked for first, since data that is
 * longer than {@code jute.maxbuffer} ends the connection, again and again.
 */
final class ChildReads {

  /** What a server says of itself is far shorter. */
  private static final int LONGEST = 65_536;

  private static final long LONGEST_WAIT_SECONDS = 60;

  private final ZooKeeper zooKeeper;
  private final String path;
  private final Map<String, byte[]> read = new ConcurrentHashMap<>();
  private final Map<String, String> refused = new ConcurrentHashMap<>();
  private final CountDownLatch left;
  private volatile @Nullable KeeperException failure;

  private ChildReads(ZooKeeper zooKeeper, String path, int count) {
    this.zooKeeper = zooKeeper;
    this.path = path;
    this.left = new CountDownLatch(count);
  }

  /**
   * What those of the children say that are there, by their names.
   *
   * @throws KeeperException if ZooKeeper can't be asked
   */
  static Map<String, ServerEntry> of(
      ZooKeeper zooKeeper, String path, NodeFormat format, Collection<String> children)
      throws IOException, KeeperException, InterruptedException {
    ChildReads reads = new ChildReads(zooKeeper, path, children.size());
    children.forEach(reads::begin);
    reads.await();
    Map<String, ServerEntry> entries = new HashMap<>();
    reads.read.forEach((child, data) -> entries.put(child, format.read(child, data)));
    reads.refused.forEach((child, why) -> entries.put(child, NodeFormat.useless(child, why)));
    return entries;
  }

  private void begin(String child) {
    zooKeeper.exists(
        path + "/" + child,
        false,
        (code, node, context, stat) -> found(Code.get(code), child, stat),
        null);
  }

  private void found(Code code, String child, @Nullable Stat stat) {
    if (code != Code.OK || stat == null) {
      missing(code, child);
    } else if (stat.getDataLength() > LONGEST) {
      refused.put(child, stat.getDataLength() + " bytes");
      left.countDown();
    } else {
      zooKeeper.getData(
          path + "/" + child,
          false,
          (dataCode, node, context, data, dataStat) -> got(Code.get(dataCode), child, data),
          null);
    }
  }

  private void got(Code code, String child, byte @Nullable [] data) {
    if (code == Code.OK) {
      read.put(child, data == null ? new byte[0] : data);
      left.countDown();
    } else {
      missing(code, child);
    }
  }

  private void missing(Code code, String child) {
    if (code == Code.NOAUTH) {
      refused.put(child, "access is refused");
    } else if (code != Code.NONODE) {
      failure = KeeperException.create(code, path + "/" + child);
    }
    left.countDown();
  }

  private void await() throws IOException, KeeperException, InterruptedException {
    if (!left.await(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS)) {
      throw new IOException("no answer for " + LONGEST_WAIT_SECONDS + " s");
    }
    KeeperException failed = failure;
    if (failed != null) {
      throw failed;
    }
  }
}
