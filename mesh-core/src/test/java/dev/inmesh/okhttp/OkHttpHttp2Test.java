package dev.inmesh.okhttp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.inmesh.Mesh;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.http.LoopbackFixture;
import dev.inmesh.http.Relay;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import mockwebserver3.Dispatcher;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import mockwebserver3.RecordedRequest;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import okhttp3.tls.HeldCertificate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Attempts that share a connection: what one of them must do to it, and what it must not. */
@Timeout(60)
final class OkHttpHttp2Test extends LoopbackFixture {

  private static final Request GET = request("/").build();

  private static Request.Builder request(String path) {
    return new Request.Builder().url("http://inventory" + path);
  }

  private static OkHttpClient.Builder http2() {
    return new OkHttpClient.Builder()
        .readTimeout(Duration.ZERO)
        .writeTimeout(Duration.ZERO)
        .protocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
  }

  private static String get(OkHttpClient http, Request request) throws IOException {
    try (Response response = http.newCall(request).execute()) {
      return response.body().string();
    }
  }

  private ExecutorService threads() {
    ExecutorService threads = Executors.newCachedThreadPool();
    open.add(threads::shutdownNow);
    return threads;
  }

  @Test
  void whoWritesToAPeerThatDoesNotReadAndWhoWaitsForThatAreBackAtTheirDeadlines() throws Exception {
    DeafServer deaf = new DeafServer();
    open.add(deaf);
    Mesh mesh = mesh(deaf.address(), "timeout", "500ms", "retry.on", "off");
    OkHttpClient http = mesh.wrap(http2().build());
    Request put = request("/").put(RequestBody.create(new byte[64 << 20])).build();
    ExecutorService threads = threads();

    for (int i = 0; i < 2; i++) {
      Future<String> writing = threads.submit(() -> get(http, put));
      deaf.awaitConnections(i + 1);
      Future<String> beside = threads.submit(() -> get(http, GET));

      for (Future<String> call : List.of(writing, beside)) {
        assertThatThrownBy(() -> call.get(20, TimeUnit.SECONDS))
            .isInstanceOf(ExecutionException.class)
            .hasCauseInstanceOf(CallTimeoutException.class);
      }
      assertQuiet(mesh);
    }
  }

  @Test
  void aConnectionFromWhichNothingComesAnyMoreIsNotUsedAgain() throws Exception {
    for (boolean tls : new boolean[] {false, true}) {
      MockWebServer server = server(tls);
      Relay relay = new Relay(server.getPort());
      open.add(relay);
      Mesh mesh = mesh(relay.address(), "timeout", "500ms", "retry.on", "off");
      OkHttpClient http = mesh.wrap(tls ? trusting() : http2().build());
      Request request = request("/").url((tls ? "https" : "http") + "://inventory/").build();
      assertThat(get(http, request)).isEqualTo("/");
      assertThat(get(http, request)).isEqualTo("/");
      assertThat(relay.connections()).isOne();

      relay.die();

      // More than one where something was still on its way.
      int timedOut = 0;
      while (catchThrowable(() -> get(http, request)) instanceof CallTimeoutException) {
        timedOut++;
      }
      assertThat(timedOut).isBetween(1, 3);
      assertThat(relay.connections()).isEqualTo(2);
    }
  }

  @Test
  void aStreamThatHangsCostsTheDeadlineAndNotTheConnection() throws Exception {
    MockWebServer server = server(false);
    Relay relay = new Relay(server.getPort());
    open.add(relay);
    Mesh mesh = mesh(relay.address(), "timeout", "1s", "retry.on", "off");
    OkHttpClient http = mesh.wrap(http2().build());

    Future<String> hanging = threads().submit(() -> get(http, request("/hang").build()));
    asked.await();
    assertThat(get(http, GET)).isEqualTo("/");
    assertThatThrownBy(hanging::get).hasCauseInstanceOf(CallTimeoutException.class);
    assertThat(get(http, GET)).isEqualTo("/");

    assertThat(relay.connections()).isOne();
  }

  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);

  private final HeldCertificate certificate =
      new HeldCertificate.Builder().addSubjectAlternativeName("inventory").build();

  private MockWebServer server(boolean tls) throws IOException {
    MockWebServer server = new MockWebServer();
    if (tls) {
      server.useHttps(
          new HandshakeCertificates.Builder()
              .heldCertificate(certificate)
              .build()
              .sslSocketFactory());
    } else {
      server.setProtocols(List.of(Protocol.H2_PRIOR_KNOWLEDGE));
    }
    server.setDispatcher(
        new Dispatcher() {
          @Override
          public MockResponse dispatch(RecordedRequest request) throws InterruptedException {
            if (request.getTarget().equals("/hang")) {
              asked.countDown();
              over.await();
            }
            return new MockResponse.Builder().body(request.getTarget()).build();
          }
        });
    server.start();
    open.add(
        () -> {
          over.countDown();
          server.close();
        });
    return server;
  }

  private OkHttpClient trusting() {
    HandshakeCertificates trust =
        new HandshakeCertificates.Builder()
            .addTrustedCertificate(certificate.certificate())
            .build();
    return new OkHttpClient.Builder()
        .readTimeout(Duration.ZERO)
        .sslSocketFactory(trust.sslSocketFactory(), trust.trustManager())
        .build();
  }

  /** Says that it takes as much as one likes, and reads nothing. */
  private static final class DeafServer implements AutoCloseable {

    /** An initial window of 2 GiB for each stream, and the same for the connection. */
    private static final byte[] SETTINGS = {
      0, 0, 6, 4, 0, 0, 0, 0, 0, 0, 4, 0x7f, -1, -1, -1,
    };

    private static final byte[] WINDOW_UPDATE = {0, 0, 4, 8, 0, 0, 0, 0, 0, 0x7f, -2, 0, 0};

    private final ServerSocket listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final List<Socket> connections = new CopyOnWriteArrayList<>();

    DeafServer() throws IOException {
      Thread thread = new Thread(this::accept, "deaf-server");
      thread.setDaemon(true);
      thread.start();
    }

    private void accept() {
      try {
        while (true) {
          Socket socket = listener.accept();
          socket.getOutputStream().write(SETTINGS);
          socket.getOutputStream().write(WINDOW_UPDATE);
          connections.add(socket);
        }
      } catch (IOException closed) {
        // The test is over.
      }
    }

    String address() {
      return "127.0.0.1:" + listener.getLocalPort();
    }

    void awaitConnections(int count) throws InterruptedException {
      await(() -> connections.size() >= count);
    }

    @Override
    public void close() throws IOException {
      listener.close();
      for (Socket socket : connections) {
        socket.close();
      }
    }
  }
}
