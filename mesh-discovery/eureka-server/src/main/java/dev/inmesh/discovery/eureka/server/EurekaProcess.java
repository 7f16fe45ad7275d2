package dev.inmesh.discovery.eureka.server;

import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * An {@link EurekaServer} in a process of its own, which can be killed. Needs nothing of Spring.
 */
public final class EurekaProcess implements AutoCloseable {

  private static final long LONGEST_START_NANOS = TimeUnit.SECONDS.toNanos(120);

  private final int port;
  private final List<String> options;
  private Process process;

  private EurekaProcess(int port, List<String> options, Process process) {
    this.port = port;
    this.options = options;
    this.process = process;
  }

  /**
   * Starts one on loopback; returns when it answers.
   *
   * @param port free now, and when it is started again
   * @param options like {@code --eureka.server.disable-delta=true}
   */
  public static EurekaProcess start(int port, String... options)
      throws IOException, InterruptedException {
    List<String> all = List.of(options);
    EurekaProcess eureka = new EurekaProcess(port, all, run(port, all));
    Runtime.getRuntime().addShutdownHook(new Thread(eureka::kill));
    eureka.awaitUp();
    return eureka;
  }

  private static Process run(int port, List<String> options) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx192m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
    command.addAll(List.of("-cp", classPath(), EurekaServer.class.getName()));
    command.add(Integer.toString(port));
    command.addAll(options);
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static String classPath() throws IOException {
    try (InputStream in = EurekaProcess.class.getResourceAsStream("/eureka-server.classpath")) {
      if (in == null) {
        throw new IOException("no class path of a Eureka server: build its module with Maven");
      }
      Path own =
          Path.of(EurekaProcess.class.getProtectionDomain().getCodeSource().getLocation().toURI());
      String others = new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
      return own + System.getProperty("path.separator") + others;
    } catch (URISyntaxException e) {
      throw new IOException(e);
    }
  }

  private void awaitUp() throws IOException, InterruptedException {
    long end = System.nanoTime() + LONGEST_START_NANOS;
    while (!isUp()) {
      if (!process.isAlive()) {
        throw new IOException("the Eureka server ended with " + process.exitValue());
      }
      if (System.nanoTime() - end > 0) {
        throw new IOException("the Eureka server did not start");
      }
      Thread.sleep(50);
    }
  }

  private boolean isUp() {
    try {
      HttpURLConnection connection =
          (HttpURLConnection)
              URI.create("http://" + address() + "/eureka/apps").toURL().openConnection();
      connection.setConnectTimeout(1000);
      connection.setReadTimeout(10_000);
      return connection.getResponseCode() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  /** Where it is, as {@code host:port}; its API begins with {@code /eureka}. */
  public String address() {
    return "127.0.0.1:" + port;
  }

  /** Ends it without a word to anybody. */
  public void kill() {
    process.destroyForcibly().onExit().join();
  }

  /** Starts it anew, on the same port; it knows nobody. Returns when it answers. */
  public void restart() throws IOException, InterruptedException {
    process = run(port, options);
    awaitUp();
  }

  @Override
  public void close() {
    kill();
  }
}
