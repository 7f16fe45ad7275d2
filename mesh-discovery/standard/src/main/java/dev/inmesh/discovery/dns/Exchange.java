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
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;

/**
 * One query to one name server and its answer, in the thread that asks, which an interrupt ends.
 * dnsjava's own resolvers have threads for the whole process, which nobody here could end. Each
 * query has a socket, and so a port, of its own.
 */
final class Exchange {

  /** What the query says that it takes over UDP; longer answers come over TCP. */
  private static final int LONGEST_UDP = 4096;

  private final InetSocketAddress server;
  private final Message query;
  private final long end;

  private Exchange(InetSocketAddress server, Message query, long end) {
    this.server = server;
    this.query = query;
    this.end = end;
  }

  /**
   * The answer, which belongs to the query and is whole, whatever it says.
   *
   * @throws SocketTimeoutException when there is none in time
   * @throws IOException when the server can't be reached or answers nonsense
   */
  static Message of(InetSocketAddress server, Message query, Duration timeout) throws IOException {
    Exchange exchange = new Exchange(server, query, System.nanoTime() + timeout.toNanos());
    byte[] wire = query.toWire(Message.MAXLENGTH);
    Message answer = exchange.overUdp(wire);
    return answer.getHeader().getFlag(Flags.TC) ? exchange.overTcp(wire) : answer;
  }

  private Message overUdp(byte[] wire) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      // Connected: packets from elsewhere are not received, and a closed port is heard of.
      channel.connect(server);
      channel.write(ByteBuffer.wrap(wire));
      DatagramPacket packet = new DatagramPacket(new byte[LONGEST_UDP], LONGEST_UDP);
      IOException nonsense = null;
      while (true) {
        packet.setLength(LONGEST_UDP);
        try {
          channel.socket().setSoTimeout(millisLeft());
          channel.socket().receive(packet);
        } catch (SocketTimeoutException e) {
          throw nonsense == null ? e : nonsense;
        }
        // Whoever forges answers, or mangles them, must not end the wait for the true one.
        try {
          Message answer = parsed(Arrays.copyOf(packet.getData(), packet.getLength()));
          if (belongs(answer)) {
            return answer;
          }
        } catch (IOException e) {
          nonsense = e;
        }
      }
    }
  }

  private Message overTcp(byte[] wire) throws IOException {
    try (SocketChannel channel = SocketChannel.open()) {
      Socket socket = channel.socket();
      socket.connect(server, millisLeft());
      ByteBuffer framed = ByteBuffer.allocate(2 + wire.length);
      framed.putShort((short) wire.length).put(wire).flip();
      socket.getOutputStream().write(framed.array());
      DataInputStream in = new DataInputStream(new Bounded(socket));
      byte[] bytes = new byte[in.readUnsignedShort()];
      in.readFully(bytes);
      Message answer = parsed(bytes);
      if (!belongs(answer)) {
        throw new IOException("an answer to something else");
      }
      return answer;
    }
  }

  private static Message parsed(byte[] wire) throws IOException {
    try {
      return new Message(wire);
    } catch (IOException | RuntimeException e) {
      // Both are how the parser says so.
      throw new IOException("an answer that is no DNS", e);
    }
  }

  /** Some servers leave the question out of an answer that says nothing but that they fail. */
  private boolean belongs(Message answer) {
    return answer.getHeader().getID() == query.getHeader().getID()
        && answer.getHeader().getFlag(Flags.QR)
        && (answer.getQuestion() == null || answer.getQuestion().equals(query.getQuestion()));
  }

  private int millisLeft() throws SocketTimeoutException {
    long left = end - System.nanoTime();
    if (left <= 0) {
      throw new SocketTimeoutException("timed out");
    }
    return (int) Math.max(1, left / 1_000_000);
  }

  /** What comes in time: an answer that drips must not hold the thread. */
  private final class Bounded extends InputStream {

    private final Socket socket;
    private final InputStream in;

    Bounded(Socket socket) throws IOException {
      this.socket = socket;
      this.in = socket.getInputStream();
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      socket.setSoTimeout(millisLeft());
      return in.read(bytes, offset, length);
    }
  }
}
