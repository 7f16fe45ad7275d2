package dev.inmesh.jdbc.sql;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import net.sf.jsqlparser.expression.Function;
import net.sf.jsqlparser.expression.NextValExpression;
import net.sf.jsqlparser.expression.UserVariable;
import net.sf.jsqlparser.expression.VariableAssignment;
import net.sf.jsqlparser.statement.ExplainStatement;
import net.sf.jsqlparser.statement.ShowStatement;
import net.sf.jsqlparser.statement.Statement;
import net.sf.jsqlparser.statement.delete.Delete;
import net.sf.jsqlparser.statement.insert.Insert;
import net.sf.jsqlparser.statement.merge.Merge;
import net.sf.jsqlparser.statement.select.PlainSelect;
import net.sf.jsqlparser.statement.select.Select;
import net.sf.jsqlparser.statement.update.Update;
import net.sf.jsqlparser.statement.upsert.Upsert;
import org.jspecify.annotations.Nullable;

/**
 * Says from a full parser's tree whether a statement only reads. Walks all that is reachable, and
 * not what a visitor visits: a visitor that leaves something out would leave it out in silence.
 */
final class Oracle {

  private static final String PARSER = "net.sf.jsqlparser.";

  private final Set<String> pure;

  /** {@code pure}: the functions, in lower case, that may be called. */
  Oracle(Set<String> pure) {
    this.pure = pure;
  }

  boolean onlyReads(Statement statement) {
    if (!(statement instanceof Select)
        && !(statement instanceof ShowStatement)
        && !(statement instanceof ExplainStatement)) {
      return false;
    }
    Deque<Object> open = new ArrayDeque<>();
    Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    open.add(statement);
    while (!open.isEmpty()) {
      Object node = open.remove();
      if (!seen.add(node)) {
        continue;
      }
      if (forbidden(node)) {
        return false;
      }
      if (node instanceof Collection<?> nodes) {
        nodes.forEach(inner -> addIfAny(open, inner));
      } else if (node instanceof Map<?, ?> map) {
        map.values().forEach(inner -> addIfAny(open, inner));
      } else if (node.getClass().getName().startsWith(PARSER) && !(node instanceof Enum<?>)) {
        fields(node, open);
      }
    }
    return true;
  }

  private boolean forbidden(Object node) {
    if (node instanceof Insert
        || node instanceof Update
        || node instanceof Delete
        || node instanceof Merge
        || node instanceof Upsert
        || node instanceof NextValExpression
        || node instanceof UserVariable
        || node instanceof VariableAssignment) {
      return true;
    }
    if (node instanceof Select select && select.getForMode() != null) {
      return true;
    }
    if (node instanceof PlainSelect select
        && (select.getIntoTables() != null || select.getIntoTempTable() != null)) {
      return true;
    }
    return node instanceof Function function
        && !pure.contains(function.getName().toLowerCase(Locale.ROOT));
  }

  private static void fields(Object node, Deque<Object> open) {
    for (Class<?> type = node.getClass();
        type != null && type.getName().startsWith(PARSER);
        type = type.getSuperclass()) {
      for (Field field : type.getDeclaredFields()) {
        if (Modifier.isStatic(field.getModifiers()) || field.getType().isPrimitive()) {
          continue;
        }
        field.setAccessible(true);
        try {
          addIfAny(open, field.get(node));
        } catch (IllegalAccessException e) {
          throw new AssertionError(field.toString(), e);
        }
      }
    }
  }

  private static void addIfAny(Deque<Object> open, @Nullable Object inner) {
    if (inner != null && !(inner instanceof String)) {
      open.add(inner);
    }
  }
}
