package dev.inmesh.discovery.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.util.Collection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import okhttp3.OkHttpClient;

/** Those who vouch for a registry, by a file of their certificates. */
final class Trust {

  private static final int LONGEST = 8 << 20;

  private Trust() {}

  /**
   * Makes a client trust them and no others.
   *
   * @throws IOException if the file can't be read or has no certificate; in a few words
   */
  static void apply(OkHttpClient.Builder client, String caFile) throws IOException {
    try {
      X509TrustManager trust = manager(certificates(Path.of(caFile)));
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {trust}, null);
      client.sslSocketFactory(context.getSocketFactory(), trust);
    } catch (GeneralSecurityException e) {
      throw new IOException("ca-file " + caFile + " can't be used: " + e.getMessage(), e);
    }
  }

  private static Collection<? extends Certificate> certificates(Path file)
      throws IOException, GeneralSecurityException {
    try (var in = new BoundedInput(Files.newInputStream(file), LONGEST)) {
      var found = CertificateFactory.getInstance("X.509").generateCertificates(in);
      if (found.isEmpty()) {
        throw new IOException("ca-file " + file + " has no certificate");
      }
      return found;
    } catch (NoSuchFileException e) {
      throw new IOException("ca-file " + file + " is not there", e);
    }
  }

  private static X509TrustManager manager(Collection<? extends Certificate> certificates)
      throws IOException, GeneralSecurityException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    int n = 0;
    for (Certificate certificate : certificates) {
      store.setCertificateEntry("ca" + n++, certificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(store);
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("this JVM has no trust manager for X.509");
  }
}
