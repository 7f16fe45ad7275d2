package dev.inmesh.samples.recipes;

/** No recipe: says how one is run where something is missing. */
final class Usage {

  private Usage() {}

  /**
   * Ends the process with a line and status 2 unless there is an argument for each that is wanted,
   * and a system property for each that begins with {@code -D}.
   */
  static void check(Class<?> recipe, String[] args, String... wanted) {
    int arguments = 0;
    boolean missing = false;
    for (String each : wanted) {
      if (!each.startsWith("-D")) {
        arguments++;
      } else if (System.getProperty(each.substring(2, each.indexOf('='))) == null) {
        missing = true;
      }
    }
    if (missing || args.length != arguments) {
      System.err.println("usage: java -cp ... " + line(recipe.getName(), wanted));
      System.exit(2);
    }
  }

  /** Properties stand before the class, arguments behind it. */
  private static String line(String recipe, String... wanted) {
    StringBuilder line = new StringBuilder(recipe);
    int properties = 0;
    for (String each : wanted) {
      if (each.startsWith("-D")) {
        line.insert(properties, each + " ");
        properties += each.length() + 1;
      } else {
        line.append(' ').append(each);
      }
    }
    return line.toString();
  }
}
