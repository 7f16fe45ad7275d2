package dev.inmesh.chaos;

import dev.inmesh.Mesh;
import dev.inmesh.call.Cancellation;
import dev.inmesh.call.Deadline;
import dev.inmesh.server.Server;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLContext;
import javax.net.ssl.X509TrustManager;
import okhttp3.Call;
import okhttp3.Callback;
import okhttp3.ConnectionPool;
import okhttp3.Dispatcher;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.tls.HandshakeCertificates;
import org.jspecify.annotations.Nullable;

/** Every way of making a call, on clients of its own. Safe for concurrent use. */
final class Clients implements AutoCloseable {

  private static final String BODY = "a request body";

  private final Mesh mesh;
  private final ExecutorService threads;
  private final OkHttpClient okHttp;
  private final HttpClient jdk;
  private final ScheduledExecutorService patience =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "chaos-patience");
            thread.setDaemon(true);
            return thread;
          });

  Clients(Mesh mesh, HandshakeCertificates trust) {
    this.mesh = mesh;
    AtomicInteger number = new AtomicInteger();
    this.threads =
        Executors.newCachedThreadPool(
            task -> {
              Thread thread = new Thread(task, "chaos-client-" + number.incrementAndGet());
              thread.setDaemon(true);
              return thread;
            });
    SSLContext tls = trust.sslContext();
    X509TrustManager trusted = trust.trustManager();
    this.okHttp =
        mesh.wrap(
            new OkHttpClient.Builder()
                .dispatcher(new Dispatcher(threads))
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS))
                .sslSocketFactory(tls.getSocketFactory(), trusted)
                .build());
    this.jdk =
        mesh.wrap(
            HttpClient.newBuilder()
                .executor(threads)
                .sslContext(tls)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build());
  }

  /** Makes the call, under its deadline; it may return before the call is completed. */
  @SuppressWarnings("try") // A scope is for its end alone.
  void make(ChaosCall call, Completion completion) {
    if (call.ambientMillis() == 0) {
      makeHere(call, completion);
      return;
    }
    try (Deadline.Scope page = Deadline.within(Duration.ofMillis(call.ambientMillis())).open()) {
      makeHere(call, completion);
    }
  }

  private void makeHere(ChaosCall call, Completion completion) {
    try {
      switch (call.how()) {
        case OKHTTP -> okHttp(call, completion);
        case OKHTTP_ENQUEUE -> okHttpEnqueue(call, completion);
        case JDK_SEND -> interruptibly(call, completion, this::jdkSend);
        case JDK_SEND_ASYNC -> jdkSendAsync(call, completion);
        case UPSTREAM_CALL -> interruptibly(call, completion, this::upstreamCall);
      }
    } catch (InterruptedException | IOException | RuntimeException failure) {
      completion.failed(failure);
    }
  }

  private void giveUpLater(ChaosCall call, Completion completion, Runnable giveUp) {
    if (call.patienceMillis() > 0) {
      Future<?> unused =
          patience.schedule(
              () -> {
                completion.givenUp();
                giveUp.run();
              },
              call.patienceMillis(),
              TimeUnit.MILLISECONDS);
    }
  }

  private interface Way {
    void make(ChaosCall call, Completion completion) throws IOException, InterruptedException;
  }

  /** A call that is given up by an interrupt, which must not reach the next one. */
  private void interruptibly(ChaosCall call, Completion completion, Way way)
      throws IOException, InterruptedException {
    AtomicReference<@Nullable Thread> caller = new AtomicReference<>(Thread.currentThread());
    giveUpLater(
        call,
        completion,
        () -> {
          synchronized (caller) {
            Thread waiting = caller.get();
            if (waiting != null) {
              waiting.interrupt();
            }
          }
        });
    try {
      way.make(call, completion);
    } finally {
      synchronized (caller) {
        caller.set(null);
        boolean unused = Thread.interrupted();
      }
    }
  }

  private Call newCall(ChaosCall call) {
    RequestBody body = call.post() ? RequestBody.create(BODY, null) : null;
    Call made =
        okHttp.newCall(new Request.Builder().url(call.url()).method(call.method(), body).build());
    if (call.ownMillis() > 0) {
      made.timeout().timeout(call.ownMillis(), TimeUnit.MILLISECONDS);
    }
    return made;
  }

  private void okHttp(ChaosCall call, Completion completion) throws IOException {
    Call made = newCall(call);
    completion.start();
    giveUpLater(call, completion, made::cancel);
    try (Response response = made.execute()) {
      read(response, completion);
    }
  }

  private void okHttpEnqueue(ChaosCall call, Completion completion) {
    Call made = newCall(call);
    completion.start();
    giveUpLater(call, completion, made::cancel);
    made.enqueue(
        new Callback() {
          @Override
          public void onFailure(Call failed, IOException failure) {
            completion.failed(failure);
          }

          @Override
          public void onResponse(Call answered, Response response) {
            try (response) {
              read(response, completion);
            } catch (IOException failure) {
              completion.failed(failure);
            }
          }
        });
  }

  private static void read(Response response, Completion completion) throws IOException {
    String body = response.body().string();
    completion.answered(response.code(), response.header("mesh-source", "none"), body);
  }

  private HttpRequest request(ChaosCall call) {
    HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(call.url()));
    if (call.ownMillis() > 0) {
      request.timeout(Duration.ofMillis(call.ownMillis()));
    }
    return request
        .method(
            call.method(), call.post() ? BodyPublishers.ofString(BODY) : BodyPublishers.noBody())
        .build();
  }

  private void jdkSend(ChaosCall call, Completion completion)
      throws IOException, InterruptedException {
    HttpRequest request = request(call);
    completion.start();
    if (call.streamed()) {
      HttpResponse<InputStream> response = jdk.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        String read = new String(body.readAllBytes(), StandardCharsets.ISO_8859_1);
        answered(response, read, completion);
      }
    } else {
      HttpResponse<String> response = jdk.send(request, BodyHandlers.ofString());
      answered(response, response.body(), completion);
    }
  }

  private void jdkSendAsync(ChaosCall call, Completion completion) {
    HttpRequest request = request(call);
    completion.start();
    CompletableFuture<HttpResponse<String>> sent = jdk.sendAsync(request, BodyHandlers.ofString());
    giveUpLater(call, completion, () -> sent.cancel(true));
    CompletableFuture<?> unused =
        sent.whenComplete(
            (response, failure) -> {
              if (failure == null) {
                answered(response, response.body(), completion);
              } else {
                completion.failed(failure);
              }
            });
  }

  private static void answered(HttpResponse<?> response, String body, Completion completion) {
    String source = response.headers().firstValue("mesh-source").orElse("none");
    completion.answered(response.statusCode(), source, body);
  }

  private void upstreamCall(ChaosCall call, Completion completion) throws IOException {
    completion.start();
    // Half of the code can be stopped, the other half doesn't even look at an interrupt.
    String body =
        call.post()
            ? mesh.upstream(call.target().name()).call(server -> talk(call, server, null))
            : mesh.upstream(call.target().name())
                .callIdempotent((server, cancellation) -> talk(call, server, cancellation));
    completion.answered(200, "generic", body);
  }

  private static String talk(ChaosCall call, Server server, @Nullable Cancellation cancellation)
      throws IOException {
    try (Socket socket = new Socket()) {
      if (cancellation != null) {
        cancellation.onCancel(() -> close(socket));
      }
      // Longer than the call may take, or code that can't be stopped would never end.
      socket.setSoTimeout(2 * call.target().timeoutMillis());
      socket.connect(
          new InetSocketAddress(server.host(), server.port()), 2 * call.target().timeoutMillis());
      String body = call.post() ? BODY : "";
      String head =
          "%s %s HTTP/1.1\r\nHost: %s\r\nContent-Length: %d\r\n\r\n"
              .formatted(call.method(), call.path(), call.target(), body.length());
      socket.getOutputStream().write((head + body).getBytes(StandardCharsets.ISO_8859_1));
      InputStream in = new BufferedInputStream(socket.getInputStream());
      Message answer = Message.read(in);
      if (answer == null || !answer.text().startsWith("HTTP/1.1 200 ")) {
        throw new EOFException("no good answer");
      }
      String text = new String(answer.body(), StandardCharsets.ISO_8859_1);
      if (!text.startsWith(OriginServer.bodyOf(call.id()))) {
        throw new IOException("no answer to this call");
      }
      return text;
    } catch (RuntimeException garbage) {
      throw new IOException(garbage);
    }
  }

  private static void close(Socket socket) {
    try {
      socket.close();
    } catch (IOException closed) {
      // As it should be.
    }
  }

  @Override
  public void close() {
    patience.shutdownNow();
    threads.shutdown();
  }
}
