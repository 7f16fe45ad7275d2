package dev.inmesh.discovery.zookeeper;

import dev.inmesh.discovery.contract.RegistrarContract;
import dev.inmesh.discovery.contract.TestRegistry;

final class LinesRegistrarTest extends RegistrarContract {

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new ZooKeeperRegistry(NodeFormat.LINES);
  }
}
