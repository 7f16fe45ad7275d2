package dev.inmesh.jdbc.signal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How much of the time anything on this machine waits for a disk, where no disk can be seen. */
final class HostPressure implements Source {

  private static final Pattern SOME = Pattern.compile("(?m)^some .*\\btotal=(\\d{1,18})\\b");
  private static final double MICROS_IN_MILLI = 1e3;

  private final String what;
  private final Path proc;
  private final Pressure pressure = new Pressure();

  HostPressure(String what, Path proc) {
    this.what = what;
    this.proc = proc;
  }

  @Override
  public String what() {
    return what;
  }

  @Override
  public List<Measure> read(long nanos) throws IOException, AbsentException {
    OptionalDouble total = totalMillis(Files.readString(file(proc)));
    if (total.isEmpty()) {
      throw new AbsentException(file(proc) + " has no total; is the kernel started with psi=1?");
    }
    return pressure.next(total.getAsDouble(), nanos);
  }

  static Path file(Path proc) {
    return proc.resolve("pressure/io");
  }

  static OptionalDouble totalMillis(String text) {
    Matcher matcher = SOME.matcher(text);
    return matcher.find()
        ? OptionalDouble.of(Long.parseLong(matcher.group(1)) / MICROS_IN_MILLI)
        : OptionalDouble.empty();
  }

  @Override
  public void forget() {
    pressure.forget();
  }
}
