package dev.inmesh.jdbc.signal;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP server that answers what it is told. */
final class Answers implements AutoCloseable {

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private volatile int status = 200;
  private volatile byte[] body = new byte[0];
  private volatile boolean hangs;

  Answers() throws IOException {
    threads.execute(this::welcome);
  }

  private void welcome() {
    try {
      while (true) {
        Socket socket = door.accept();
        threads.execute(() -> answer(socket));
      }
    } catch (IOException e) {
      // It is closed.
    }
  }

  private void answer(Socket socket) {
    try (socket;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        OutputStream out = socket.getOutputStream()) {
      String line = in.readLine();
      while (line != null && !line.isEmpty()) {
        line = in.readLine();
      }
      asked.incrementAndGet();
      byte[] answer = body;
      int length = answer.length + (hangs ? 1 : 0);
      String head =
          "HTTP/1.1 "
              + status
              + " so\r\nLocation: /elsewhere\r\nConnection: close\r\nContent-Length: "
              + length
              + "\r\n\r\n";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.write(answer);
      out.flush();
      if (hangs) {
        over.await();
      }
    } catch (IOException e) {
      // Whoever asked has heard enough.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  String url() {
    return "http://127.0.0.1:" + door.getLocalPort() + "/metrics";
  }

  void say(String text) {
    say(200, text);
  }

  void say(int code, String text) {
    status = code;
    body = text.getBytes(StandardCharsets.UTF_8);
  }

  /** Its answers don't end any more. */
  void hang() {
    hangs = true;
  }

  int asked() {
    return asked.get();
  }

  @Override
  public void close() {
    over.countDown();
    try {
      door.close();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    threads.shutdownNow();
  }
}
