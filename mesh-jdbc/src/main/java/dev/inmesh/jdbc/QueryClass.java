package dev.inmesh.jdbc;

import dev.inmesh.config.StatementClass;
import java.util.Optional;

/**
 * How much a statement matters while the disk of its server is slow; the most important class
 * first. A hint in a comment of the text, {@code mesh:class=batch}, decides; without one the
 * innermost scope that is open in the thread; without that {@code mesh.jdbc.<name>.throttle.class}.
 *
 * <pre>{@code
 * try (QueryClass.Scope scope = QueryClass.BATCH.open()) {
 *   // statements of this thread are batch work
 * }
 * }</pre>
 *
 * <p>To cross threads, wrap the task with {@link #wrap}, or use Micrometer's context propagation,
 * which knows of it.
 */
public enum QueryClass {
  /** Never held back or refused; it counts, and the others make room for it. */
  CRITICAL(StatementClass.CRITICAL),
  /** Somebody waits for it. The default. */
  INTERACTIVE(StatementClass.INTERACTIVE),
  /** Work that has to be done, by and by. */
  BATCH(StatementClass.BATCH),
  /** Work that can wait. */
  BACKGROUND(StatementClass.BACKGROUND);

  private static final ThreadLocal<Optional<QueryClass>> CURRENT =
      ThreadLocal.withInitial(Optional::empty);

  private final StatementClass inside;

  QueryClass(StatementClass inside) {
    this.inside = inside;
  }

  /** What it is called in the configuration. */
  StatementClass inside() {
    return inside;
  }

  static QueryClass of(StatementClass inside) {
    return valueOf(inside.name());
  }

  /** The one of the innermost scope that is open in this thread. */
  public static Optional<QueryClass> current() {
    return CURRENT.get();
  }

  /** Lets statements of this thread be of this class until the scope is closed. */
  public Scope open() {
    return replace(Optional.of(this));
  }

  /** Makes a class hold in this thread, or none: for what carries contexts. */
  public static Scope replace(Optional<QueryClass> by) {
    Scope scope = new Scope(CURRENT.get());
    CURRENT.set(by);
    return scope;
  }

  /** A task whose statements are of the class of this thread, wherever it runs. */
  public static Runnable wrap(Runnable task) {
    Optional<QueryClass> here = CURRENT.get();
    return () -> {
      Scope scope = replace(here);
      try {
        task.run();
      } finally {
        scope.close();
      }
    };
  }

  /**
   * While it is open, the class holds. To be closed in the thread that opened it, last first. Not
   * safe for concurrent use.
   */
  public static final class Scope implements AutoCloseable {

    private final Optional<QueryClass> before;
    private boolean closed;

    private Scope(Optional<QueryClass> before) {
      this.before = before;
    }

    /** What held before holds again; of no effect the second time. */
    @Override
    public void close() {
      if (!closed) {
        closed = true;
        CURRENT.set(before);
      }
    }
  }
}
