package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.contract.RollingRestartContract;
import dev.inmesh.discovery.contract.TestRegistry;

final class ConsulRollingRestartTest extends RollingRestartContract {

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new FakeConsul();
  }
}
