package dev.inmesh.discovery.zookeeper;

import dev.inmesh.discovery.contract.ServerSourceContract;
import dev.inmesh.discovery.contract.TestRegistry;

final class CuratorContractTest extends ServerSourceContract {

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new ZooKeeperRegistry(NodeFormat.CURATOR);
  }
}
