package dev.inmesh.config;

import java.util.List;
import java.util.stream.Collectors;

/** The configuration can't be used. Names every problem of it, not only the first. */
public final class MeshConfigException extends IllegalArgumentException {

  private final transient List<Problem> problems;

  MeshConfigException(List<Problem> problems) {
    super(text(problems));
    this.problems = List.copyOf(problems);
  }

  /** All problems, at least one. */
  public List<Problem> problems() {
    return problems;
  }

  static String text(List<Problem> problems) {
    String count = problems.size() == 1 ? "1 problem" : problems.size() + " problems";
    return problems.stream()
        .map(problem -> "\n  " + problem)
        .collect(Collectors.joining("", count + " in the configuration:", ""));
  }
}
