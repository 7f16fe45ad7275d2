package dev.inmesh.discovery.zookeeper;

import dev.inmesh.discovery.contract.RollingRestartContract;
import dev.inmesh.discovery.contract.TestRegistry;

final class ZooKeeperRollingRestartTest extends RollingRestartContract {

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new ZooKeeperRegistry(NodeFormat.AUTO);
  }
}
