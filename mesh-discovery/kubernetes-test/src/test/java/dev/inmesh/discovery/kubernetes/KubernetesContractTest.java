package dev.inmesh.discovery.kubernetes;

import dev.inmesh.discovery.contract.ServerSourceContract;
import dev.inmesh.discovery.contract.TestRegistry;

final class KubernetesContractTest extends ServerSourceContract {

  @Override
  protected TestRegistry start(int port) throws Exception {
    return new FabricServer();
  }

  /** Of fabric8's server and of the bridge before it. */
  @Override
  protected boolean isOfTheRegistry(String thread) {
    return thread.startsWith("vert.x-")
        || thread.startsWith("pool-")
        || thread.equals("bridge")
        || thread.startsWith("globalEventExecutor");
  }
}
