package dev.inmesh.jdbc.micrometer;

import dev.inmesh.jdbc.QueryClass;
import io.micrometer.context.ThreadLocalAccessor;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Lets Micrometer's context propagation carry the {@link QueryClass} of a thread to others. Found
 * by its {@code ServiceLoader}, where that library is on the class path.
 */
public final class QueryClassAccessor implements ThreadLocalAccessor<QueryClass> {

  /** The key under which a context holds it. */
  public static final String KEY = "inmesh.query-class";

  @Override
  public Object key() {
    return KEY;
  }

  @Override
  public @Nullable QueryClass getValue() {
    return QueryClass.current().orElse(null);
  }

  @Override
  public void setValue(QueryClass of) {
    QueryClass.Scope unused = QueryClass.replace(Optional.of(of));
  }

  @Override
  public void setValue() {
    QueryClass.Scope unused = QueryClass.replace(Optional.empty());
  }
}
