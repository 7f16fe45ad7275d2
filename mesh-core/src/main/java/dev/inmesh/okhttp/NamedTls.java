package dev.inmesh.okhttp;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import javax.net.ssl.HostnameVerifier;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;

/** TLS under the name of {@code tls-name} instead of the URL's host. */
final class NamedTls extends SSLSocketFactory {

  private final SSLSocketFactory delegate;
  private final String name;

  NamedTls(SSLSocketFactory delegate, String name) {
    this.delegate = delegate;
    this.name = name;
  }

  /** Has the client use that name, if there is one, over the TLS of the client before. */
  static void use(String name, OkHttpClient before, OkHttpClient.Builder client) {
    X509TrustManager trust = before.x509TrustManager();
    if (!name.isEmpty() && trust != null) {
      client
          .sslSocketFactory(new NamedTls(before.sslSocketFactory(), name), trust)
          .hostnameVerifier(new Verifier(before.hostnameVerifier(), name));
    }
  }

  @Override
  public Socket createSocket(Socket socket, String host, int port, boolean autoClose)
      throws IOException {
    return delegate.createSocket(socket, name, port, autoClose);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return delegate.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return delegate.getSupportedCipherSuites();
  }

  /** OkHttp uses a connection again only for an equal factory: a reload must not close them all. */
  @Override
  public boolean equals(Object o) {
    return o instanceof NamedTls other && delegate == other.delegate && name.equals(other.name);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  // OkHttp layers TLS over a connected socket only; the others stay as they are.

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return delegate.createSocket(host, port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return delegate.createSocket(host, port, local, localPort);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    return delegate.createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return delegate.createSocket(host, port, local, localPort);
  }

  /** Checks certificates against the name; equal when it does so in the same way. */
  record Verifier(HostnameVerifier delegate, String name) implements HostnameVerifier {
    @Override
    public boolean verify(String host, SSLSession session) {
      return delegate.verify(name, session);
    }
  }
}
