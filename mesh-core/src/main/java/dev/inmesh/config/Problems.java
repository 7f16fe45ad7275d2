package dev.inmesh.config;

import dev.inmesh.config.Refused.Fault;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The problems found so far, each once. */
final class Problems {

  private final Set<Problem> found = new LinkedHashSet<>();

  void add(Setting setting, Refused refused) {
    refused.faults().forEach(fault -> add(setting, fault));
  }

  void add(Setting setting, ProblemCode code, String message) {
    add(setting, new Fault(code, message));
  }

  private void add(Setting setting, Fault fault) {
    found.add(new Problem(fault.code().code(), setting.key(), fault.message(), setting.source()));
  }

  void addAll(Problems others) {
    found.addAll(others.found);
  }

  /** Whether the message of one has these words. */
  boolean name(String words) {
    return found.stream().anyMatch(problem -> problem.message().contains(words));
  }

  List<Problem> list() {
    return List.copyOf(found);
  }
}
