package dev.inmesh.jdbc.servers;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * A line of {@code /proc/self/mountinfo}.
 *
 * @param device its number, {@code major:minor}; of a file system without a disk {@code 0:...}
 * @param source what is mounted there: the disk, or just a name
 * @param options of the file system itself; of cgroups v1 its controllers
 */
record Mount(String device, Path point, String type, String source, List<String> options) {

  private static final int DEVICE = 2;
  private static final int POINT = 4;

  /** All of them; a later one hides an earlier one at the same point. */
  static List<Mount> all(Path proc) throws IOException {
    return Files.readAllLines(proc.resolve("self/mountinfo")).stream().map(Mount::parse).toList();
  }

  private static Mount parse(String line) {
    // Optional fields are between the two halves.
    int dash = line.indexOf(" - ");
    String[] first = line.substring(0, dash).split(" ", -1);
    String[] second = line.substring(dash + 3).split(" ", -1);
    return new Mount(
        first[DEVICE],
        Path.of(first[POINT].replace("\\040", " ")),
        second[0],
        second[1].replace("\\040", " "),
        Arrays.asList(second[2].split(",", -1)));
  }

  /** The one on which a file is. */
  static Mount of(Path file, List<Mount> all) throws IOException {
    Path real = file.toRealPath();
    return all.stream()
        .filter(mount -> real.startsWith(mount.point()))
        .reduce((a, b) -> b.point().getNameCount() >= a.point().getNameCount() ? b : a)
        .orElseThrow(() -> new IOException("nothing is mounted at " + real));
  }
}
