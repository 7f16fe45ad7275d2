package dev.inmesh.discovery.consul;

import dev.inmesh.discovery.contract.RegistrarContract;
import dev.inmesh.discovery.contract.TestRegistry;

final class ConsulRegistrarContractTest extends RegistrarContract {

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new FakeConsul();
  }
}
