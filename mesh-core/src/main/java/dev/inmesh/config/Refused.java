package dev.inmesh.config;

import java.util.List;

/** Says why a text can't be taken; one fault for each thing that is wrong with it. */
final class Refused extends Exception {

  /** A problem that doesn't know yet which key and source it belongs to. */
  record Fault(ProblemCode code, String message) {}

  private final transient List<Fault> faults;

  Refused(List<Fault> faults) {
    super(faults.get(0).message(), null, false, false);
    this.faults = List.copyOf(faults);
  }

  Refused(ProblemCode code, String message) {
    this(List.of(new Fault(code, message)));
  }

  static Refused malformed(String message) {
    return new Refused(ProblemCode.MALFORMED, message);
  }

  static Refused outOfRange(String text, String range) {
    return new Refused(
        ProblemCode.OUT_OF_RANGE,
        Echo.quoted(text) + " is outside " + range + "; choose a value within it");
  }

  List<Fault> faults() {
    return faults;
  }
}
