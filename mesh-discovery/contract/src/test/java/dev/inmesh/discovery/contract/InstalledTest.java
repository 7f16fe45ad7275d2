package dev.inmesh.discovery.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.opentest4j.AssertionFailedError;
import org.opentest4j.TestAbortedException;

final class InstalledTest {

  private static final String CI = "inmesh.ci";

  private final String before = System.getProperty(CI, "false");

  @BeforeEach
  void elsewhere() {
    System.setProperty(CI, "false");
  }

  @AfterEach
  void asBefore() {
    System.setProperty(CI, before);
  }

  @Test
  void aProgramIsFound() {
    assertThat(Installed.program("sh")).isExecutable();
  }

  @Test
  void whatNeedsAProgramThatIsNotThereIsSkipped() {
    assertThatThrownBy(() -> Installed.program("no-such-registry"))
        .isInstanceOf(TestAbortedException.class)
        .hasMessageContaining("no no-such-registry on this machine");
  }

  @Test
  void whereAllMustRunItFails() {
    System.setProperty(CI, "true");

    assertThatThrownBy(() -> Installed.program("no-such-registry"))
        .isInstanceOf(AssertionFailedError.class)
        .hasMessageContaining("no no-such-registry on this machine");
  }
}
