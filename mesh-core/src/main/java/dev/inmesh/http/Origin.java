package dev.inmesh.http;

/**
 * What calls to an upstream begin with: so a health check asks as calls do, with the same Host
 * header and TLS name. Immutable.
 *
 * @param scheme {@code http} or {@code https}
 * @param host as in the URL; an IPv6 literal without brackets
 * @param port as in the URL, or the scheme's own
 */
public record Origin(String scheme, String host, int port) {

  private static final int HTTP = 80;
  private static final int HTTPS = 443;

  /** Before anybody called: {@code https} where a {@code tls-name} is set. */
  static Origin guess(String upstream, boolean tls) {
    return tls ? new Origin("https", upstream, HTTPS) : new Origin("http", upstream, HTTP);
  }

  boolean is(String otherScheme, String otherHost, int otherPort) {
    return port == otherPort && host.equals(otherHost) && scheme.equals(otherScheme);
  }

  /** The beginning of the URL, without a path. */
  @Override
  public String toString() {
    return scheme + "://" + (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }
}
