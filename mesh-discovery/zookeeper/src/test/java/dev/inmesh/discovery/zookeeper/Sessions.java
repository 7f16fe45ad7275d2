package dev.inmesh.discovery.zookeeper;

import java.util.concurrent.CountDownLatch;
import org.apache.zookeeper.Watcher.Event.KeeperState;
import org.apache.zookeeper.ZooKeeper;

/** Ends sessions of others. */
final class Sessions {

  private Sessions() {}

  /** Takes a session over and closes it: for its client, it has expired. */
  static void expire(ZooKeeper victim, String address) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper twin =
        new ZooKeeper(
            address,
            10_000,
            event -> {
              if (event.getState() == KeeperState.SyncConnected) {
                connected.countDown();
              }
            },
            victim.getSessionId(),
            victim.getSessionPasswd());
    connected.await();
    twin.close();
  }
}
