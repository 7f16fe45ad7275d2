package dev.inmesh.samples.bench;

import java.io.File;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A load balancer of the machine's packages in front of the servers, as a child process. */
final class Proxy implements AutoCloseable {

  private final Process process;
  private final Path folder;
  private final int port;

  private Proxy(Process process, Path folder, int port) {
    this.process = process;
    this.folder = folder;
    this.port = port;
  }

  /** nginx with {@code least_conn}; empty when it is not installed. */
  static Optional<Proxy> nginx(List<String> servers) throws IOException {
    Optional<Path> program = program("nginx");
    if (program.isEmpty()) {
      return Optional.empty();
    }
    int port = freePort();
    Path folder = Files.createTempDirectory("nginx");
    String entries =
        servers.stream().map(s -> "server " + s + ";").collect(Collectors.joining(" "));
    Path file =
        Files.writeString(
            folder.resolve("nginx.conf"),
            """
            daemon off; worker_processes 1; pid %1$s/pid; error_log %1$s/error.log;
            events { worker_connections 4096; }
            http {
              access_log off; keepalive_requests 1000000;
              upstream fleet { least_conn; %2$s keepalive 256; keepalive_requests 1000000; }
              server {
                listen 127.0.0.1:%3$d;
                location / {
                  proxy_pass http://fleet;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                }
              }
            }
            """
                .formatted(folder, entries, port));
    return Optional.of(
        start(
            folder,
            port,
            program.get().toString(),
            "-c",
            file.toString(),
            "-p",
            folder.toString()));
  }

  /** HAProxy with {@code balance leastconn}; empty when it is not installed. */
  static Optional<Proxy> haproxy(List<String> servers) throws IOException {
    Optional<Path> program = program("haproxy");
    if (program.isEmpty()) {
      return Optional.empty();
    }
    int port = freePort();
    Path folder = Files.createTempDirectory("haproxy");
    StringBuilder entries = new StringBuilder();
    for (String server : servers) {
      entries.append("  server s").append(entries.length()).append(' ').append(server).append('\n');
    }
    Path file =
        Files.writeString(
            folder.resolve("haproxy.cfg"),
            """
            global
              maxconn 4096
            defaults
              mode http
              timeout connect 5s
              timeout client 60s
              timeout server 60s
            frontend in
              bind 127.0.0.1:%d
              default_backend fleet
            backend fleet
              balance leastconn
              http-reuse always
            %s"""
                .formatted(port, entries));
    return Optional.of(start(folder, port, program.get().toString(), "-db", "-f", file.toString()));
  }

  private static Optional<Path> program(String name) {
    String path = System.getenv().getOrDefault("PATH", "") + File.pathSeparator + "/usr/sbin";
    return Stream.of(path.split(File.pathSeparator, -1))
        .map(f -> Path.of(f, name))
        .filter(Files::isExecutable)
        .findFirst();
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static Proxy start(Path folder, int port, String... command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("out.log").toFile())
            .start();
    Proxy proxy = new Proxy(process, folder, port);
    proxy.awaitStart();
    return proxy;
  }

  private void awaitStart() throws IOException {
    while (process.isAlive()) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return;
      } catch (ConnectException notYet) {
        Thread.onSpinWait();
      }
    }
    String said = Files.readString(folder.resolve("out.log"));
    close();
    throw new IOException(process.info().command().orElse("the proxy") + " did not start: " + said);
  }

  int port() {
    return port;
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
