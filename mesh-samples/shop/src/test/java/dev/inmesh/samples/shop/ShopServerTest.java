package dev.inmesh.samples.shop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class ShopServerTest {

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private ShopServer server;

  @BeforeEach
  void start() throws IOException {
    server = new ShopServer(threads);
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
    threads.shutdownNow();
  }

  private int status() throws IOException {
    HttpURLConnection connection =
        (HttpURLConnection) URI.create("http://" + server.address() + "/").toURL().openConnection();
    connection.setReadTimeout(200);
    return connection.getResponseCode();
  }

  private void turn(Fault fault) {
    server.turn(fault, Duration.ofMillis(50));
  }

  @Test
  void itAnswersWellAndSlowlyAndWith500() throws Exception {
    assertThat(status()).isEqualTo(200);

    turn(Fault.SLOW);
    long start = System.nanoTime();
    assertThat(status()).isEqualTo(200);
    assertThat(System.nanoTime() - start).isGreaterThan(50_000_000);

    turn(Fault.FAIL);
    assertThat(status()).isEqualTo(500);
  }

  @Test
  void aHangIsNoAnswerAtAll() throws Exception {
    turn(Fault.HANG);
    assertThatThrownBy(this::status).isInstanceOf(SocketTimeoutException.class);

    turn(Fault.WELL);
    assertThat(status()).isEqualTo(200);
  }

  @Test
  void itRefusesConnectionsAndComesBackOnTheSamePort() throws Exception {
    String address = server.address();

    for (int i = 0; i < 3; i++) {
      turn(Fault.REFUSE);
      assertThatThrownBy(this::status).isInstanceOf(ConnectException.class);

      turn(Fault.WELL);
      assertThat(status()).isEqualTo(200);
    }

    assertThat(server.address()).isEqualTo(address);
  }
}
