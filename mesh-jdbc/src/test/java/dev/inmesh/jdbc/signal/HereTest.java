package dev.inmesh.jdbc.signal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whether a database server runs on this machine. */
final class HereTest {

  private final Path proc;

  HereTest(@TempDir Path proc) throws IOException {
    this.proc = proc;
    Files.createDirectories(proc.resolve("42"));
    Files.writeString(proc.resolve("42/comm"), "postgres\n");
    Files.createDirectories(proc.resolve("43"));
    Files.writeString(proc.resolve("43/comm"), "ssh\n");
    Files.createDirectories(proc.resolve("sys/kernel"));
    Files.writeString(proc.resolve("sys/kernel/hostname"), "db1\n");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://127.0.0.1:5432/orders?user=app",
        "jdbc:postgresql://localhost/orders",
        "jdbc:postgresql://[::1]:5432/orders",
        "jdbc:postgresql:orders",
        "jdbc:postgresql:///orders"
      })
  void aServerAtALocalAddressWhoseProcessIsHereIsHere(String url) {
    assertThat(new Here(proc).isPostgres(url, 42)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://192.0.2.1:5432/orders",
        "jdbc:postgresql://db1.invalid/orders",
        "jdbc:postgresql://localhost,192.0.2.1/orders",
        "jdbc:oracle:thin:@localhost",
        ""
      })
  void aServerElsewhereIsNotHere(String url) {
    assertThat(new Here(proc).isPostgres(url, 42)).isFalse();
  }

  @Test
  void aTunnelOnLoopbackIsNotTheServer() {
    Here here = new Here(proc);

    assertThat(here.isPostgres("jdbc:postgresql://127.0.0.1/orders", 43)).isFalse();
    assertThat(here.isPostgres("jdbc:postgresql://127.0.0.1/orders", 44)).isFalse();
    assertThat(here.isHost("jdbc:mariadb://127.0.0.1/orders", "db2")).isFalse();
    assertThat(here.isHost("jdbc:mariadb://127.0.0.1/orders", "db1")).isTrue();
  }
}
