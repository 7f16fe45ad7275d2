package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.contract.ServerSourceContract;
import dev.inmesh.discovery.contract.TestRegistry;

final class ConsulContractTest extends ServerSourceContract {

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new FakeConsul();
  }
}
