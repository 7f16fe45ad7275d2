package dev.inmesh.samples.bench;

import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketAddress;
import javax.net.SocketFactory;

/**
 * A connection to a {@link Ponger} that needs no system call: what is written is answered at once,
 * on the same thread. Used by one thread at a time.
 */
final class MemorySocket extends Socket {

  private final InetSocketAddress server =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 80);
  private final Answers answers = new Answers();
  private boolean connected;

  /** Makes such sockets. */
  static SocketFactory factory() {
    return new SocketFactory() {
      @Override
      public Socket createSocket() {
        return new MemorySocket();
      }

      @Override
      public Socket createSocket(String host, int port) {
        return new MemorySocket();
      }

      @Override
      public Socket createSocket(String host, int port, InetAddress local, int localPort) {
        return new MemorySocket();
      }

      @Override
      public Socket createSocket(InetAddress host, int port) {
        return new MemorySocket();
      }

      @Override
      public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort) {
        return new MemorySocket();
      }
    };
  }

  @Override
  public void connect(SocketAddress endpoint) {
    connected = true;
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) {
    connected = true;
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public SocketAddress getRemoteSocketAddress() {
    return server;
  }

  @Override
  public InetAddress getInetAddress() {
    return server.getAddress();
  }

  @Override
  public int getPort() {
    return server.getPort();
  }

  @Override
  public synchronized void setSoTimeout(int timeout) {
    // Nothing here ever waits.
  }

  @Override
  public InputStream getInputStream() {
    return answers;
  }

  @Override
  public OutputStream getOutputStream() {
    return new OutputStream() {
      @Override
      public void write(int b) {
        answers.heard((byte) b);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) {
        for (int i = 0; i < length; i++) {
          answers.heard(bytes[offset + i]);
        }
      }
    };
  }

  private static final class Answers extends InputStream {

    private int endOfHead;
    private int pending;
    private int position;

    void heard(byte b) {
      endOfHead = b == Ponger.END_OF_HEAD.charAt(endOfHead) ? endOfHead + 1 : 0;
      if (endOfHead == Ponger.END_OF_HEAD.length()) {
        endOfHead = 0;
        pending++;
      }
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) == -1 ? -1 : one[0];
    }

    @Override
    public int read(byte[] to, int offset, int length) {
      if (pending == 0) {
        throw new IllegalStateException("nothing was asked that is still to be answered");
      }
      int read = Math.min(length, Ponger.ANSWER.length - position);
      System.arraycopy(Ponger.ANSWER, position, to, offset, read);
      position += read;
      if (position == Ponger.ANSWER.length) {
        position = 0;
        pending--;
      }
      return read;
    }
  }
}
