package dev.inmesh.samples.bench;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Servers that do one thing at a time, in the order it came: a request for {@code /k} takes an
 * exponential time that belongs to k, whichever server it reaches; one server takes ten times as
 * long. The work is waiting, so that all of them fit on one machine.
 */
final class QueueServers implements AutoCloseable {

  private static final double MEAN_NANOS = 10e6;
  private static final int SLOW = 3;
  private static final double SLOWNESS = 10;

  private final List<ServerSocket> listening = new ArrayList<>();
  private volatile boolean closed;

  QueueServers(int servers) throws IOException {
    for (int i = 0; i < servers; i++) {
      ServerSocket server = new ServerSocket(0, 1_000, InetAddress.getLoopbackAddress());
      listening.add(server);
      BlockingQueue<Job> queue = new LinkedBlockingQueue<>();
      double slowness = i == SLOW ? SLOWNESS : 1;
      daemon(() -> accept(server, queue));
      daemon(() -> work(queue, slowness));
    }
  }

  private record Job(long key, OutputStream out) {}

  List<String> addresses() {
    return listening.stream().map(s -> "127.0.0.1:" + s.getLocalPort()).toList();
  }

  private void accept(ServerSocket server, BlockingQueue<Job> queue) {
    while (!closed) {
      try {
        Socket socket = server.accept();
        socket.setTcpNoDelay(true);
        daemon(() -> read(socket, queue));
      } catch (IOException over) {
        return;
      }
    }
  }

  private static void read(Socket socket, BlockingQueue<Job> queue) {
    try (socket) {
      BufferedReader in =
          new BufferedReader(new InputStreamReader(socket.getInputStream(), US_ASCII));
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String path = line.split(" ", 3)[1];
        while (!line.isEmpty()) {
          line = in.readLine();
          if (line == null) {
            return;
          }
        }
        queue.add(new Job(Long.parseLong(path.substring(1)), socket.getOutputStream()));
      }
    } catch (IOException gone) {
      // The client has closed its connection.
    }
  }

  private void work(BlockingQueue<Job> queue, double slowness) {
    while (!closed) {
      try {
        Job job = queue.take();
        double unit = new SplittableRandom(job.key).nextDouble();
        rest((long) (-Math.log(1 - unit) * MEAN_NANOS * slowness));
        job.out.write(Ponger.ANSWER);
      } catch (IOException gone) {
        // Nobody waits for it.
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  private static void rest(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  private static void daemon(Runnable work) {
    Thread thread = new Thread(work, "queue-server");
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    for (ServerSocket server : listening) {
      server.close();
    }
  }
}
