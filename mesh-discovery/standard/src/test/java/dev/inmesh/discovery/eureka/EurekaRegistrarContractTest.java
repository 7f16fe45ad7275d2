package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.contract.RegistrarContract;
import dev.inmesh.discovery.contract.TestRegistry;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Against a {@link SharedEureka}. */
final class EurekaRegistrarContractTest extends RegistrarContract {

  @RegisterExtension static final SharedEureka EUREKA = new SharedEureka();

  @Override
  protected TestRegistry start(int port) {
    return EUREKA.registry();
  }
}
