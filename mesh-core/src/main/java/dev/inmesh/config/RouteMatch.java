package dev.inmesh.config;

/**
 * Which calls belong to a route: {@code GET /v1/stock/*}. Immutable.
 *
 * @param method an HTTP method in upper case, or {@code *} for all
 * @param path a path that must be equal; with a {@code *} at its end, a prefix
 */
public record RouteMatch(String method, String path) {

  /** Whether the call belongs to the route. */
  public boolean matches(String callMethod, String callPath) {
    if (!method.equals("*") && !method.equals(callMethod)) {
      return false;
    }
    int last = path.length() - 1;
    return (last >= 0 && path.charAt(last) == '*')
        ? callPath.regionMatches(0, path, 0, last)
        : callPath.equals(path);
  }
}
