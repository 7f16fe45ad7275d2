package dev.inmesh.jdbc.signal;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What is used of a node exporter's metrics.
 *
 * @param disks by device; none without all that is needed of it
 * @param pressureMillis in which anything waited for a disk
 * @param boot when the machine was started
 */
record NodeMetrics(Map<String, DiskCounters> disks, OptionalDouble pressureMillis, String boot) {

  private static final double MILLIS = 1e3;
  private static final String PRESSURE = "node_pressure_io_waiting_seconds_total";
  private static final String BOOT = "node_boot_time_seconds";
  private static final String READS = "node_disk_reads_completed_total";
  private static final String READ_TIME = "node_disk_read_time_seconds_total";
  private static final String WRITES = "node_disk_writes_completed_total";
  private static final String WRITE_TIME = "node_disk_write_time_seconds_total";
  private static final String FLUSHES = "node_disk_flush_requests_total";
  private static final String FLUSH_TIME = "node_disk_flush_requests_time_seconds_total";
  private static final String BUSY = "node_disk_io_time_seconds_total";

  private static final Pattern SAMPLE =
      Pattern.compile("(node_\\w{1,80})(?:\\{([^}]{0,200})\\})?[ \\t]+(\\S{1,40})(?:[ \\t]+\\S+)?");
  private static final Pattern DEVICE = Pattern.compile("\\bdevice=\"([^\"]+)\"");

  /** Lines that aren't like that are passed over. */
  static NodeMetrics parse(String text) {
    Map<String, Map<String, Double>> devices = new LinkedHashMap<>();
    OptionalDouble pressure = OptionalDouble.empty();
    String boot = "";
    for (String line : text.lines().toList()) {
      Matcher sample = SAMPLE.matcher(line);
      if (!line.startsWith("node_") || !sample.matches()) {
        continue;
      }
      String name = sample.group(1);
      String labels = sample.group(2);
      OptionalDouble value = number(sample.group(3));
      if (value.isEmpty()) {
        continue;
      }
      if (name.equals(PRESSURE)) {
        pressure = OptionalDouble.of(value.getAsDouble() * MILLIS);
      } else if (name.equals(BOOT)) {
        boot = sample.group(3);
      } else if (name.startsWith("node_disk_") && labels != null) {
        Matcher device = DEVICE.matcher(labels);
        if (device.find()) {
          devices
              .computeIfAbsent(device.group(1), d -> new HashMap<>())
              .put(name, value.getAsDouble());
        }
      }
    }
    return new NodeMetrics(disks(devices), pressure, boot);
  }

  private static OptionalDouble number(String text) {
    try {
      double value = Double.parseDouble(text);
      return value >= 0 && Double.isFinite(value)
          ? OptionalDouble.of(value)
          : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private static Map<String, DiskCounters> disks(Map<String, Map<String, Double>> devices) {
    Map<String, DiskCounters> disks = new LinkedHashMap<>();
    devices.forEach(
        (device, of) -> {
          if (of.containsKey(READS)
              && of.containsKey(READ_TIME)
              && of.containsKey(WRITES)
              && of.containsKey(WRITE_TIME)) {
            disks.put(
                device,
                new DiskCounters(
                    of.getOrDefault(READS, 0.0),
                    of.getOrDefault(READ_TIME, 0.0) * MILLIS,
                    of.getOrDefault(WRITES, 0.0),
                    of.getOrDefault(WRITE_TIME, 0.0) * MILLIS,
                    of.containsKey(FLUSH_TIME) ? of.getOrDefault(FLUSHES, 0.0) : 0,
                    of.getOrDefault(FLUSH_TIME, 0.0) * MILLIS,
                    of.getOrDefault(BUSY, 0.0) * MILLIS));
          }
        });
    return disks;
  }
}
