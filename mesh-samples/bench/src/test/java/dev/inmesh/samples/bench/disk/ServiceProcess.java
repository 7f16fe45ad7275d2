package dev.inmesh.samples.bench.disk;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** A {@link Service}, as it is told from outside. */
final class ServiceProcess implements AutoCloseable {

  private final Process process;
  private final BufferedWriter in;
  private final BufferedReader out;

  private ServiceProcess(Process process) {
    this.process = process;
    this.in = process.outputWriter(StandardCharsets.UTF_8);
    this.out = process.inputReader(StandardCharsets.UTF_8);
  }

  /** Starts it. */
  static ServiceProcess start(Work work, String url) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return new ServiceProcess(
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:+UseSerialGC",
                "-Dorg.slf4j.simpleLogger.log.dev.inmesh=info",
                "-cp",
                classPath,
                Service.class.getName(),
                work.name(),
                url)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start());
  }

  void say(String line) throws IOException {
    in.write(line);
    in.newLine();
    in.flush();
  }

  /** Waits for its answer. */
  void await(String answer) throws IOException {
    for (String line = out.readLine(); ; line = out.readLine()) {
      if (line == null) {
        throw new IOException("the service has ended, instead of " + answer);
      }
      if (line.equals(answer)) {
        return;
      }
    }
  }

  static void all(List<ServiceProcess> services, String line, String answer) throws IOException {
    for (ServiceProcess service : services) {
      service.say(line);
    }
    for (ServiceProcess service : services) {
      service.await(answer);
    }
  }

  @Override
  public void close() throws IOException {
    process.destroyForcibly().onExit().join();
    in.close();
    out.close();
  }
}
