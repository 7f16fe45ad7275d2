package dev.inmesh.jdbc;

/**
 * Where a statement goes, and why.
 *
 * @param reason in words; ends with a function's name where one is the reason
 */
record Route(boolean replica, String reason) {

  static Route primary(String reason) {
    return new Route(false, reason);
  }

  static Route replica(String reason) {
    return new Route(true, reason);
  }

  String target() {
    return replica ? "replica" : "primary";
  }
}
