package dev.inmesh.discovery.kubernetes;

import dev.inmesh.discovery.http.Credentials;
import dev.inmesh.discovery.http.HttpKeys;
import dev.inmesh.discovery.http.RegistryHttp;
import dev.inmesh.server.SourceSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * What Kubernetes gives a pod to speak to the API server with, where no key says otherwise: a
 * folder of files, and where the server is in the environment.
 *
 * @param folder of token, certificates and namespace
 * @param environment of the process
 */
record ServiceAccount(Path folder, Map<String, String> environment) {

  private static final Path FOLDER = Path.of("/var/run/secrets/kubernetes.io/serviceaccount");

  static ServiceAccount ofThisPod() {
    return new ServiceAccount(FOLDER, System.getenv());
  }

  /** A client of the API server. */
  RegistryHttp client(SourceSettings settings) {
    List<String> addresses = settings.value(HttpKeys.ADDRESS);
    return new RegistryHttp(
        new RegistryHttp.Place(
            settings.id(),
            addresses.isEmpty() ? List.of(address()) : addresses,
            settings.value(KubernetesKeys.TLS).equals("on"),
            settings.value(KubernetesKeys.TLS).equals("on") ? caFile(settings) : "",
            settings.value(HttpKeys.CONNECT_TIMEOUT),
            settings.value(HttpKeys.TIMEOUT)),
        credentials(settings));
  }

  private String address() {
    String host = environment.getOrDefault("KUBERNETES_SERVICE_HOST", "kubernetes.default.svc");
    String port = environment.getOrDefault("KUBERNETES_SERVICE_PORT", "443");
    return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
  }

  private String caFile(SourceSettings settings) {
    String file = settings.value(KubernetesKeys.CA_FILE);
    Path own = folder.resolve("ca.crt");
    return file.isEmpty() && Files.exists(own) ? own.toString() : file;
  }

  /** Read before each request: it is replaced about once an hour. */
  private Credentials credentials(SourceSettings settings) {
    String fixed = settings.value(KubernetesKeys.TOKEN);
    if (!fixed.isEmpty()) {
      return Credentials.header("Authorization", "Bearer " + fixed);
    }
    String named = settings.value(KubernetesKeys.TOKEN_FILE);
    Path file = named.isEmpty() ? folder.resolve("token") : Path.of(named);
    return () -> {
      try {
        String token = Files.readString(file).strip();
        return Map.of("Authorization", "Bearer " + token);
      } catch (NoSuchFileException e) {
        if (!named.isEmpty()) {
          throw new IOException("token-file " + named + " is not there", e);
        }
        // Outside of a pod, behind a proxy that has credentials of its own.
        return Map.of();
      } catch (IOException e) {
        throw new IOException("token-file " + file + " can't be read", e);
      }
    };
  }

  /**
   * The namespace of services that name none.
   *
   * @throws IOException if nothing says it
   */
  String namespace(SourceSettings settings) throws IOException {
    String named = settings.value(KubernetesKeys.NAMESPACE);
    if (!named.isEmpty()) {
      return named;
    }
    try {
      return Files.readString(folder.resolve("namespace")).strip();
    } catch (IOException e) {
      throw new IOException(
          "no namespace: write service.namespace, or set mesh.discovery."
              + settings.id()
              + ".namespace",
          e);
    }
  }
}
