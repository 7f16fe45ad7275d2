package dev.inmesh.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The threads and file handles of this process, and those that have come since. Of handles those of
 * sockets, pipes and selectors count: a jar that a class was loaded from stays open.
 */
final class Leftovers {

  private static final Path HANDLES = Path.of("/proc/self/fd");

  private final Set<Long> threadsBefore;
  private final int handlesBefore;

  private Leftovers(Set<Long> threadsBefore, int handlesBefore) {
    this.threadsBefore = threadsBefore;
    this.handlesBefore = handlesBefore;
  }

  /** What is there now. */
  static Leftovers since() {
    return new Leftovers(
        threads().map(Thread::getId).collect(Collectors.toSet()), handles().size());
  }

  private static Stream<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream();
  }

  /** Empty where there is no such directory. */
  static List<String> handles() {
    List<String> handles = new ArrayList<>();
    try (Stream<Path> all = Files.list(HANDLES)) {
      for (Path handle : all.toList()) {
        try {
          String target = Files.readSymbolicLink(handle).toString();
          if (!target.startsWith("/")) {
            handles.add(target);
          }
        } catch (IOException closedMeanwhile) {
          // The listing itself was one.
        }
      }
    } catch (IOException notLinux) {
      return List.of();
    }
    return handles;
  }

  /**
   * What is left after waiting for it to go, at most so long; empty when nothing is.
   *
   * @param ours the threads that count, by name
   */
  Set<String> await(Duration most, Predicate<String> ours) throws InterruptedException {
    long end = System.nanoTime() + most.toNanos();
    Set<String> left = left(ours);
    while (!left.isEmpty() && System.nanoTime() - end < 0) {
      // The JDK's client ends its thread when it is collected; before Java 21 there is no other
      // way.
      System.gc();
      TimeUnit.MILLISECONDS.sleep(100);
      left = left(ours);
    }
    return left;
  }

  private Set<String> left(Predicate<String> ours) {
    Set<String> left =
        threads()
            .filter(t -> !threadsBefore.contains(t.getId()))
            .map(Thread::getName)
            .filter(ours)
            .map(name -> "thread " + name)
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> handles = handles();
    if (handles.size() > handlesBefore) {
      left.add(handles.size() + " handles, " + handlesBefore + " before: " + handles);
    }
    return left;
  }
}
