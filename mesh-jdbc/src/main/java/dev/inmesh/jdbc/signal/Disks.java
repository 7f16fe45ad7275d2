package dev.inmesh.jdbc.signal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The disks of a machine: the one that is named, or the one that was busy for the longest time
 * since they were read last. For one thread at a time.
 */
final class Disks {

  /** They are in memory, or on other devices, which are counted themselves. */
  private static final Pattern NO_DISK =
      Pattern.compile("(?:ram|zram|loop|fd|sr|dm-|md|nbd)\\d+.*");

  private final Optional<String> named;
  private final Consumer<String> notices;
  private final Map<String, Disk> disks = new HashMap<>();

  Disks(Optional<String> named, Consumer<String> notices) {
    this.named = named;
    this.notices = notices;
  }

  /** Empty where hardly anything was read or written. */
  List<Measure> next(Map<String, DiskCounters> counted, String boot, long nanos)
      throws AbsentException {
    Set<String> candidates = candidates(counted);
    if (candidates.isEmpty()) {
      throw new AbsentException(
          named
              .map(device -> "there is no device " + device + "; there are " + counted.keySet())
              .orElse("there is no disk among " + counted.keySet()));
    }
    disks.keySet().retainAll(candidates);
    double longest = 0;
    List<Measure> measures = List.of();
    for (String name : candidates) {
      Disk disk = disks.computeIfAbsent(name, n -> new Disk(new Windows(notices)));
      double busyBefore = disk.busyMillis();
      List<Measure> of = disk.next(counted.getOrDefault(name, Disk.NONE), boot, nanos);
      double busy = disk.busyMillis() - busyBefore;
      if (busy > longest && !of.isEmpty()) {
        longest = busy;
        measures = of;
      }
    }
    return measures;
  }

  private Set<String> candidates(Map<String, DiskCounters> counted) {
    if (named.isPresent()) {
      return counted.containsKey(named.get()) ? Set.of(named.get()) : Set.of();
    }
    return counted.keySet().stream()
        .filter(name -> !NO_DISK.matcher(name).matches() && !isPartition(name, counted.keySet()))
        .collect(java.util.stream.Collectors.toSet());
  }

  /** What is done on a partition is counted on its disk. */
  private static boolean isPartition(String name, Set<String> all) {
    String disk = name.replaceFirst("\\d+$", "");
    if (disk.equals(name)) {
      return false;
    }
    boolean ofNumbered = disk.matches(".*\\dp");
    return all.contains(ofNumbered ? disk.substring(0, disk.length() - 1) : disk);
  }

  void forget() {
    disks.clear();
  }

  /** One of them. */
  private static final class Disk {

    static final DiskCounters NONE = new DiskCounters(0, 0, 0, 0, 0, 0, 0);

    private final Windows windows;
    private @Nullable DiskCounters shown;
    private DiskCounters unwrapped = NONE;

    Disk(Windows windows) {
      this.windows = windows;
    }

    double busyMillis() {
      return unwrapped.busyMillis();
    }

    List<Measure> next(DiskCounters now, String boot, long nanos) {
      DiskCounters before = shown;
      unwrapped = before == null ? now : now.after(unwrapped, before);
      shown = now;
      return windows.next(new Counters(boot, "", unwrapped.pairs()), nanos);
    }
  }
}
