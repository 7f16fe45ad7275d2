package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.contract.RollingRestartContract;
import dev.inmesh.discovery.contract.TestRegistry;
import java.time.Duration;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Against a {@link SharedEureka}. */
final class EurekaRollingRestartTest extends RollingRestartContract {

  @RegisterExtension static final SharedEureka EUREKA = new SharedEureka();

  @Override
  protected TestRegistry start(int port) {
    return EUREKA.registry();
  }

  /** Clients ask each second, and are told what there was when they asked. */
  @Override
  protected Duration drainFor() {
    return Duration.ofSeconds(3);
  }
}
