package dev.inmesh.jdbc.signal;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** The disks of another machine, as its node exporter shows them to Prometheus. */
final class Exporter implements Source {

  private static final int MOST_BYTES = 1 << 20;

  private final String key;
  private final Web web;
  private final Disks disks;
  private final Pressure pressure = new Pressure();
  private final String device;

  Exporter(String key, String url, Optional<String> device, Consumer<String> notices) {
    this.key = key;
    this.web = new Web(key, url);
    this.disks = new Disks(device, notices);
    this.device = device.orElse("the busiest disk");
  }

  @Override
  public String what() {
    return "node exporter, " + device;
  }

  @Override
  public List<Measure> read(long nanos) throws AbsentException {
    NodeMetrics metrics = NodeMetrics.parse(web.text(MOST_BYTES));
    if (!metrics.disks().isEmpty()) {
      return disks.next(metrics.disks(), metrics.boot(), nanos);
    }
    if (metrics.pressureMillis().isPresent()) {
      return pressure.next(metrics.pressureMillis().getAsDouble(), nanos);
    }
    throw new AbsentException(
        key
            + " has no node_disk_reads_completed_total nor node_pressure_io_waiting_seconds_total;"
            + " name the metrics of a node exporter with the collectors diskstats or pressure");
  }

  @Override
  public void forget() {
    disks.forget();
    pressure.forget();
  }

  @Override
  public void close() {
    web.close();
  }
}
