package dev.inmesh.samples.shop;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;

/**
 * Three servers, a steady load through the mesh, and faults at the press of a key.
 *
 * <pre>
 * mvn -q -DskipTests package -pl mesh-samples/shop -am
 * java -jar mesh-samples/shop/target/shop.jar --seconds 60 --script "5s 1 fail; 20s 1 hang; 35s 1 refuse; 50s 1 well"
 * </pre>
 */
public final class Demo {

  private static final int GOOD = 0;
  private static final int BAD_ARGUMENTS = 2;

  private Demo() {}

  /** Runs the demo and ends the process: with 0, or with 2 for bad arguments. */
  public static void main(String[] args) throws Exception {
    System.exit(run(System.in, System.out, System.err, args));
  }

  /** Runs the demo; returns the exit status. */
  static int run(InputStream in, PrintStream out, PrintStream err, String... args)
      throws IOException, InterruptedException {
    Options options;
    try {
      options = Options.parse(args);
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      err.println(Options.HELP);
      return BAD_ARGUMENTS;
    }
    if (options.help()) {
      out.print(Options.HELP);
      return GOOD;
    }
    return run(options, in, out, err);
  }

  private static int run(Options options, InputStream in, PrintStream out, PrintStream err)
      throws IOException, InterruptedException {
    try (Shop shop = new Shop();
        Pauses pauses = new Pauses();
        Run run = new Run(options, shop, pauses, new Keys(in), out, err)) {
      out.println(run.run());
      return GOOD;
    } catch (IllegalArgumentException e) {
      err.println(e.getMessage());
      return BAD_ARGUMENTS;
    }
  }
}
