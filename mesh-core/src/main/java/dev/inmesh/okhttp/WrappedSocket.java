package dev.inmesh.okhttp;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A socket of the user's own socket factory that is connected by ours, and that knows whether it
 * was read from and whether somebody writes to it; everything else is the user's socket.
 */
@SuppressWarnings("UnsynchronizedOverridesSynchronized") // The wrapped socket does.
final class WrappedSocket extends Socket {

  private final Socket delegate;
  private final ConnectingSockets factory;

  /** How often something was read. */
  private final AtomicLong reads = new AtomicLong();

  /** How often a write began or ended: odd while one is under way. */
  private final AtomicLong writes = new AtomicLong();

  WrappedSocket(Socket delegate, ConnectingSockets factory) {
    this.delegate = delegate;
    this.factory = factory;
  }

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    factory.connect(delegate, endpoint, timeout);
    factory.opened(this);
  }

  /** Grows with all that is read. */
  long reads() {
    return reads.get();
  }

  /** The number of the write that is under way; 0 if none is. */
  long writeUnderWay() {
    long number = writes.get();
    return number % 2 == 0 ? 0 : number;
  }

  @Override
  public void bind(@Nullable SocketAddress value) throws IOException {
    delegate.bind(value);
  }

  @Override
  public @Nullable InetAddress getInetAddress() {
    return delegate.getInetAddress();
  }

  @Override
  public InetAddress getLocalAddress() {
    return delegate.getLocalAddress();
  }

  @Override
  public int getPort() {
    return delegate.getPort();
  }

  @Override
  public int getLocalPort() {
    return delegate.getLocalPort();
  }

  @Override
  public @Nullable SocketAddress getRemoteSocketAddress() {
    return delegate.getRemoteSocketAddress();
  }

  @Override
  public @Nullable SocketAddress getLocalSocketAddress() {
    return delegate.getLocalSocketAddress();
  }

  @Override
  public @Nullable SocketChannel getChannel() {
    return delegate.getChannel();
  }

  @Override
  public InputStream getInputStream() throws IOException {
    return new FilterInputStream(delegate.getInputStream()) {
      @Override
      public int read() throws IOException {
        int read = super.read();
        reads.incrementAndGet();
        return read;
      }

      @Override
      public int read(byte[] bytes, int offset, int length) throws IOException {
        int read = super.read(bytes, offset, length);
        reads.incrementAndGet();
        return read;
      }
    };
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(delegate.getOutputStream()) {
      @Override
      public void write(int b) throws IOException {
        writes.incrementAndGet();
        try {
          out.write(b);
        } finally {
          writes.incrementAndGet();
        }
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        writes.incrementAndGet();
        try {
          out.write(bytes, offset, length);
        } finally {
          writes.incrementAndGet();
        }
      }
    };
  }

  @Override
  public void setTcpNoDelay(boolean value) throws SocketException {
    delegate.setTcpNoDelay(value);
  }

  @Override
  public boolean getTcpNoDelay() throws SocketException {
    return delegate.getTcpNoDelay();
  }

  @Override
  public void setSoLinger(boolean value, int second) throws SocketException {
    delegate.setSoLinger(value, second);
  }

  @Override
  public int getSoLinger() throws SocketException {
    return delegate.getSoLinger();
  }

  @Override
  public void sendUrgentData(int value) throws IOException {
    delegate.sendUrgentData(value);
  }

  @Override
  public void setOOBInline(boolean value) throws SocketException {
    delegate.setOOBInline(value);
  }

  @Override
  public boolean getOOBInline() throws SocketException {
    return delegate.getOOBInline();
  }

  @Override
  public void setSoTimeout(int value) throws SocketException {
    delegate.setSoTimeout(value);
  }

  @Override
  public int getSoTimeout() throws SocketException {
    return delegate.getSoTimeout();
  }

  @Override
  public void setSendBufferSize(int value) throws SocketException {
    delegate.setSendBufferSize(value);
  }

  @Override
  public int getSendBufferSize() throws SocketException {
    return delegate.getSendBufferSize();
  }

  @Override
  public void setReceiveBufferSize(int value) throws SocketException {
    delegate.setReceiveBufferSize(value);
  }

  @Override
  public int getReceiveBufferSize() throws SocketException {
    return delegate.getReceiveBufferSize();
  }

  @Override
  public void setKeepAlive(boolean value) throws SocketException {
    delegate.setKeepAlive(value);
  }

  @Override
  public boolean getKeepAlive() throws SocketException {
    return delegate.getKeepAlive();
  }

  @Override
  public void setTrafficClass(int value) throws SocketException {
    delegate.setTrafficClass(value);
  }

  @Override
  public int getTrafficClass() throws SocketException {
    return delegate.getTrafficClass();
  }

  @Override
  public void setReuseAddress(boolean value) throws SocketException {
    delegate.setReuseAddress(value);
  }

  @Override
  public boolean getReuseAddress() throws SocketException {
    return delegate.getReuseAddress();
  }

  @Override
  public void close() throws IOException {
    factory.closing(this);
    delegate.close();
  }

  @Override
  public void shutdownInput() throws IOException {
    delegate.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    delegate.shutdownOutput();
  }

  @Override
  public String toString() {
    return delegate.toString();
  }

  @Override
  public boolean isConnected() {
    return delegate.isConnected();
  }

  @Override
  public boolean isBound() {
    return delegate.isBound();
  }

  @Override
  public boolean isClosed() {
    return delegate.isClosed();
  }

  @Override
  public boolean isInputShutdown() {
    return delegate.isInputShutdown();
  }

  @Override
  public boolean isOutputShutdown() {
    return delegate.isOutputShutdown();
  }

  @Override
  public void setPerformancePreferences(int value, int second, int third) {
    delegate.setPerformancePreferences(value, second, third);
  }

  @Override
  public <T> Socket setOption(SocketOption<T> name, T value) throws IOException {
    delegate.setOption(name, value);
    return this;
  }

  @Override
  public <T> T getOption(SocketOption<T> name) throws IOException {
    return delegate.getOption(name);
  }

  @Override
  public Set<SocketOption<?>> supportedOptions() {
    return delegate.supportedOptions();
  }
}
