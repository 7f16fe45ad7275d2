package dev.inmesh.discovery.dns;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.DatagramPacket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.Message;
import org.xbill.DNS.io.IoClientFactory;
import org.xbill.DNS.io.TcpIoClient;
import org.xbill.DNS.io.UdpIoClient;

/**
 * Sends queries in the thread that asks, which an interrupt ends. dnsjava's own way has a thread
 * for the whole process, which nobody here could end. Each query has a socket, and so a port, of
 * its own.
 */
final class BlockingIo implements IoClientFactory, UdpIoClient, TcpIoClient {

  @Override
  public TcpIoClient createOrGetTcpClient() {
    return this;
  }

  @Override
  public UdpIoClient createOrGetUdpClient() {
    return this;
  }

  @Override
  public CompletableFuture<byte[]> sendAndReceiveUdp(
      @Nullable InetSocketAddress local,
      InetSocketAddress remote,
      Message query,
      byte[] data,
      int max,
      Duration timeout) {
    try (DatagramChannel channel = DatagramChannel.open()) {
      // Connected: packets from elsewhere are not received, and a closed port is heard of.
      channel.connect(remote);
      channel.write(ByteBuffer.wrap(data));
      DatagramPacket answer = new DatagramPacket(new byte[max], max);
      channel.socket().setSoTimeout(millis(timeout.toNanos()));
      channel.socket().receive(answer);
      return CompletableFuture.completedFuture(Arrays.copyOf(answer.getData(), answer.getLength()));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public CompletableFuture<byte[]> sendAndReceiveTcp(
      @Nullable InetSocketAddress local,
      InetSocketAddress remote,
      Message query,
      byte[] data,
      Duration timeout) {
    long end = System.nanoTime() + timeout.toNanos();
    try (SocketChannel channel = SocketChannel.open()) {
      Socket socket = channel.socket();
      socket.connect(remote, millis(timeout.toNanos()));
      ByteBuffer framed = ByteBuffer.allocate(2 + data.length);
      framed.putShort((short) data.length).put(data).flip();
      socket.getOutputStream().write(framed.array());
      DataInputStream in = new DataInputStream(new Bounded(socket, end));
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return CompletableFuture.completedFuture(answer);
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static int millis(long nanos) {
    return (int) Math.max(1, nanos / 1_000_000);
  }

  /** What comes until an instant: an answer that drips must not hold the thread. */
  private static final class Bounded extends InputStream {

    private final Socket socket;
    private final InputStream in;
    private final long end;

    Bounded(Socket socket, long end) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new SocketTimeoutException("timed out");
      }
      socket.setSoTimeout(millis(left));
      return in.read(bytes, offset, length);
    }
  }
}
