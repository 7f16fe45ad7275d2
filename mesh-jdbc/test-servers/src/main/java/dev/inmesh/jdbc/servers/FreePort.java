package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/** Ports for servers that come back on the one they had. */
final class FreePort {

  private static final int LOWEST = 10_000;

  /** Linux takes the ports of outgoing connections from here upwards: others' calls may have it. */
  private static final int OUTGOING = 32_768;

  private FreePort() {}

  /** One that nobody listens on, and that no outgoing connection will take. */
  static int choose() throws IOException {
    InetAddress loopback = InetAddress.getLoopbackAddress();
    for (int tries = 1; ; tries++) {
      int port = ThreadLocalRandom.current().nextInt(LOWEST, OUTGOING);
      try (ServerSocket stream = new ServerSocket(port, 1, loopback)) {
        return stream.getLocalPort();
      } catch (BindException e) {
        if (tries == 100) {
          throw e;
        }
      }
    }
  }
}
