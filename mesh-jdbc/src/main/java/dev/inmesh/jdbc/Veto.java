package dev.inmesh.jdbc;

import dev.inmesh.jdbc.sql.Verdict;
import dev.inmesh.jdbc.sql.Verdict.Hint;
import dev.inmesh.jdbc.sql.Verdict.Kind;
import dev.inmesh.jdbc.sql.Verdict.Target;
import java.sql.ResultSet;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/** What demands the primary in the way a statement is run, whatever its text. */
final class Veto {

  static final String BATCH = "batch";

  /** Of a batch, whose texts need not be looked at. */
  static final Verdict WRITE = write(false);

  static final Verdict STICKY = write(true);

  private static final String KEYS = "generated keys";
  private static final String CALLABLE = "callable";
  private static final String UPDATABLE = "updatable result";

  private Veto() {}

  private static Verdict write(boolean sticky) {
    return new Verdict(Target.PRIMARY, BATCH, Kind.OTHER, Hint.NONE, sticky, "", false, "");
  }

  static boolean isBatch(Verdict verdict) {
    return verdict.reason().equals(BATCH);
  }

  /** Of a call of {@code createStatement}, {@code prepareStatement} or {@code prepareCall}. */
  static @Nullable String ofCreation(String creator, Object[] args) {
    if (creator.equals("prepareCall")) {
      return CALLABLE;
    }
    if (resultType(creator, args) != null) {
      int concurrency = (int) args[creator.equals("createStatement") ? 1 : 2];
      return concurrency == ResultSet.CONCUR_READ_ONLY ? null : UPDATABLE;
    }
    boolean keys = creator.equals("prepareStatement") && asksForKeys(args);
    return keys ? KEYS : null;
  }

  /** Of a call of one of the methods that execute. */
  static @Nullable String ofExecution(String name, Object[] args) {
    if (name.equals("executeUpdate") || name.equals("executeLargeUpdate")) {
      return "executeUpdate";
    }
    return asksForKeys(args) ? KEYS : null;
  }

  /**
   * Whether a statement can be asked for more than results when it has been run: for generated
   * keys, or for the parameters of a call.
   *
   * @param creation what {@link #ofCreation} said
   */
  static boolean leavesOutcome(@Nullable String creation, Object[] args) {
    return KEYS.equals(creation) || CALLABLE.equals(creation) || asksForKeys(args);
  }

  /** With a text, {@code RETURN_GENERATED_KEYS} or the names or numbers of columns. */
  private static boolean asksForKeys(Object[] args) {
    return args.length == 2 && !args[1].equals(Statement.NO_GENERATED_KEYS);
  }

  static boolean isForwardOnly(String creator, Object[] args) {
    Integer type = resultType(creator, args);
    return type == null || type == ResultSet.TYPE_FORWARD_ONLY;
  }

  private static @Nullable Integer resultType(String creator, Object[] args) {
    int at = creator.equals("createStatement") ? 0 : 1;
    return args.length >= at + 2 ? (Integer) args[at] : null;
  }
}
