package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.contract.RegistrarContract;
import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.discovery.eureka.server.EurekaProcess;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Against the server of Spring Cloud, one for all tests, with an app for each. */
final class EurekaRegistrarContractTest extends RegistrarContract {

  @SuppressWarnings("NullAway.Init") // Before all tests.
  private static EurekaProcess eureka;

  private static int apps;

  @BeforeAll
  static void startEureka() throws Exception {
    eureka = EurekaProcess.start();
  }

  @AfterAll
  static void endEureka() {
    eureka.close();
  }

  @Override
  protected TestRegistry start(int port) {
    return new EurekaRegistry(eureka, "registrar-" + ++apps);
  }
}
