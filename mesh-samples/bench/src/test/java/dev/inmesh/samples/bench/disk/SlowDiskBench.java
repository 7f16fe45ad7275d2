package dev.inmesh.samples.bench.disk;

import dev.inmesh.jdbc.servers.PostgresServer;
import dev.inmesh.jdbc.servers.SlowDisk;
import dev.inmesh.samples.bench.disk.Journal.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Four services, their server, and its disk. For one thread. */
final class SlowDiskBench implements AutoCloseable {

  /**
   * How long the disk is what, in seconds.
   *
   * @param healthy before
   * @param settling of the slow time, not measured
   * @param measured of the slow time
   * @param after healthy again
   */
  record Plan(int healthy, int settling, int measured, int after) {}

  private final Work work;
  private final PostgresServer server;
  private final SlowDisk disk;
  private final Connection tidying;
  private final Connection watching;
  private final List<ServiceProcess> services = new ArrayList<>();
  private final Path folder;

  private SlowDiskBench(Work work, PostgresServer server, SlowDisk disk, Connection tidying)
      throws IOException, SQLException {
    this.work = work;
    this.server = server;
    this.disk = disk;
    this.tidying = tidying;
    this.watching = server.admin();
    this.folder = Files.createTempDirectory("slow-disk");
  }

  /** Starts everything; on a disk that is well. */
  static SlowDiskBench start(Work work) throws IOException, SQLException {
    List<String> options = new ArrayList<>(SlowDisk.options());
    options.addAll(work.options());
    PostgresServer server = PostgresServer.start(options);
    SlowDisk disk = SlowDisk.of(server);
    String database = server.createDatabase();
    // For its checkpoints.
    server.run("ALTER USER app SUPERUSER");
    Connection tidying = DriverManager.getConnection(server.url(database));
    try (Statement statement = tidying.createStatement()) {
      work.fill(statement);
    }
    SlowDiskBench bench = new SlowDiskBench(work, server, disk, tidying);
    for (int i = 0; i < Service.SERVICES; i++) {
      bench.services.add(ServiceProcess.start(work, server.url(database)));
    }
    for (ServiceProcess service : bench.services) {
      service.await("ready");
    }
    return bench;
  }

  /** Lets the services run on a disk that is well, slow, and well again. */
  Result run(Variant variant, int iops, Plan plan)
      throws IOException, SQLException, InterruptedException {
    try (Statement statement = tidying.createStatement()) {
      work.tidy(statement);
    }
    long origin = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(500);
    try (DiskWatch watch = new DiskWatch(watching, work, origin)) {
      for (int i = 0; i < services.size(); i++) {
        services.get(i).say("go " + variant + " " + origin + " " + i);
      }
      for (ServiceProcess service : services) {
        service.await("going");
      }
      sleepUntil(origin, plan.healthy);
      try (Statement statement = tidying.createStatement()) {
        work.recycle(statement);
      }
      disk.limitEvenly(iops, work.bytesPerOperation() * iops);
      double slow = (System.nanoTime() - origin) / 1e9;
      sleepUntil(origin, slow + plan.settling);
      long before = waitedMicros();
      sleepUntil(origin, slow + plan.settling + plan.measured);
      double waited = (waitedMicros() - before) / 1e6 / plan.measured;
      disk.lift();
      double well = (System.nanoTime() - origin) / 1e9;
      sleepUntil(origin, well + plan.after);
      for (int i = 0; i < services.size(); i++) {
        services.get(i).say("stop " + folder.resolve("service" + i));
      }
      List<Entry> entries = new ArrayList<>();
      List<Result.LimitSecond> limits = new ArrayList<>();
      for (int i = 0; i < services.size(); i++) {
        services.get(i).await("stopped");
        entries.addAll(Journal.read(folder.resolve("service" + i)));
        for (String line : Files.readAllLines(folder.resolve("service" + i + ".seconds"))) {
          String[] words = line.split(" ", -1);
          limits.add(
              new Result.LimitSecond(
                  Integer.parseInt(words[0]),
                  Double.parseDouble(words[1]),
                  Double.parseDouble(words[2])));
        }
      }
      return new Result(
          variant, slow, well, slow + plan.settling, entries, watch.stop(), limits, waited);
    }
  }

  /**
   * How long the machine has had work that waited for a processor; the load average would count
   * what waits for the disk, too.
   */
  private static long waitedMicros() throws IOException {
    Path pressure = Path.of("/proc/pressure/cpu");
    if (!Files.exists(pressure)) {
      return 0;
    }
    String some = Files.readAllLines(pressure).get(0);
    return Long.parseLong(some.substring(some.indexOf("total=") + 6));
  }

  private static void sleepUntil(long origin, double second) throws InterruptedException {
    TimeUnit.NANOSECONDS.sleep(origin + (long) (second * 1e9) - System.nanoTime());
  }

  @Override
  public void close() throws IOException, SQLException {
    for (ServiceProcess service : services) {
      service.close();
    }
    tidying.close();
    watching.close();
    disk.close();
    server.close();
  }
}
