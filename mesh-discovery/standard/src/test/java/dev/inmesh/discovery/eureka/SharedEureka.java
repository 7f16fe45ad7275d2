package dev.inmesh.discovery.eureka;

import dev.inmesh.discovery.contract.FreePort;
import dev.inmesh.discovery.contract.TestRegistry;
import dev.inmesh.discovery.eureka.server.EurekaProcess;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The server of Spring Cloud, one for all tests of a class, with an app for each. */
final class SharedEureka implements BeforeAllCallback, AfterAllCallback {

  private @Nullable EurekaProcess process;
  private int apps;

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    process = EurekaProcess.start(FreePort.choose());
  }

  @Override
  public void afterAll(ExtensionContext context) {
    if (process != null) {
      process.close();
    }
  }

  /** It, in the hands of a test. */
  TestRegistry registry() {
    return new EurekaRegistry(Objects.requireNonNull(process, "not started"), "app-" + ++apps);
  }
}
