package dev.inmesh.jdbc.sql;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The words that mean something to the rules; every other one is a {@link #NAME}. */
enum Word {
  /** A column, a table, a function, an alias, or a word of no consequence. */
  NAME(Head.UNKNOWN),

  SELECT(Head.READ),
  WITH(Head.READ),
  TABLE(Head.READ),
  VALUES(Head.READ),
  SHOW(Head.READ),
  EXPLAIN(Head.READ),

  INSERT(Head.WRITE),
  UPDATE(Head.WRITE),
  DELETE(Head.WRITE),
  MERGE(Head.WRITE),
  REPLACE(Head.WRITE),
  CALL(Head.WRITE),
  DO(Head.WRITE),
  LOCK(Head.WRITE),
  CREATE(Head.WRITE),
  ALTER(Head.WRITE),
  DROP(Head.WRITE),
  TRUNCATE(Head.WRITE),
  GRANT(Head.WRITE),
  REVOKE(Head.WRITE),
  COMMENT(Head.WRITE),
  ANALYZE(Head.WRITE),
  ANALYSE(Head.WRITE),
  VACUUM(Head.WRITE),
  REINDEX(Head.WRITE),
  CLUSTER(Head.WRITE),
  REFRESH(Head.WRITE),
  COPY(Head.WRITE),
  NOTIFY(Head.WRITE),
  OPTIMIZE(Head.WRITE),
  RENAME(Head.WRITE),
  LOAD(Head.WRITE),
  IMPORT(Head.WRITE),

  BEGIN(Head.TRANSACTION),
  START(Head.TRANSACTION),
  COMMIT(Head.TRANSACTION),
  ROLLBACK(Head.TRANSACTION),
  END(Head.TRANSACTION),
  ABORT(Head.TRANSACTION),
  SAVEPOINT(Head.TRANSACTION),
  RELEASE(Head.TRANSACTION),
  XA(Head.TRANSACTION),

  SET(Head.SESSION),
  RESET(Head.SESSION),
  DISCARD(Head.SESSION),
  USE(Head.SESSION),
  PREPARE(Head.SESSION),
  EXECUTE(Head.SESSION),
  DEALLOCATE(Head.SESSION),
  DECLARE(Head.SESSION),
  FETCH(Head.SESSION),
  MOVE(Head.SESSION),
  CLOSE(Head.SESSION),
  LISTEN(Head.SESSION),
  UNLISTEN(Head.SESSION),
  HANDLER(Head.SESSION),
  UNLOCK(Head.SESSION),
  FLUSH(Head.SESSION),

  DESCRIBE(Head.OTHER),
  DESC(Head.OTHER),
  KILL(Head.OTHER),
  CHECKPOINT(Head.OTHER),

  // Inside a statement.
  INTO,
  FOR,
  SHARE,
  NO,
  KEY,
  NEXT,
  PREVIOUS,
  CURRENT,
  VALUE,
  NEXTVAL,
  CURRVAL,
  UESCAPE,
  PG_TEMP,
  SQL_CALC_FOUND_ROWS,
  TEMP,
  TEMPORARY,
  LOCAL,
  GLOBAL,
  CACHED,
  MEMORY,
  SERIALIZABLE,
  TRANSACTION,
  CONSTRAINTS,
  MESH,
  VERBOSE,
  FORMAT,
  JSON,
  TREE,
  TRADITIONAL,
  EXTENDED,
  PARTITIONS,
  PLAN,
  FN,
  // Before a parenthesis that belongs to no function.
  IN,
  EXISTS,
  AND,
  OR,
  NOT,
  ON,
  USING,
  FROM,
  WHERE,
  DISTINCT,
  ALL,
  ANY,
  SOME,
  AS,
  HAVING,
  WHEN,
  THEN,
  ELSE,
  CASE,
  UNION,
  EXCEPT,
  INTERSECT,
  MINUS,
  BETWEEN,
  INTERVAL,
  GROUP,
  ORDER,
  PARTITION,
  BY,
  LIKE,
  ILIKE,
  RLIKE,
  REGEXP,
  IS,
  XOR,
  DIV,
  LIMIT,
  OFFSET,
  JOIN,
  OVER,
  NULLS,
  FILTER,
  AGAINST,
  MATERIALIZED,
  GROUPING,
  SETS,
  ROLLUP,
  CUBE,
  RECURSIVE,
  // An expression follows, so they are not the operand before an operator.
  ZONE,
  ESCAPE,
  SYMMETRIC,
  ASYMMETRIC,
  RANGE,
  ROWS,
  GROUPS,
  LATERAL,
  RETURNING;

  /** What a statement is that begins with a word. */
  enum Head {
    READ,
    WRITE,
    TRANSACTION,
    SESSION,
    OTHER,
    UNKNOWN
  }

  private static final Names<Word> BY_NAME = byName();

  final Head head;

  Word() {
    this(Head.UNKNOWN);
  }

  Word(Head head) {
    this.head = head;
  }

  /** The word that stands from {@code from} to before {@code to}. */
  static Word at(CharSequence text, int from, int to) {
    @Nullable Word found = BY_NAME.find(text, from, to);
    return found == null ? NAME : found;
  }

  private static Names<Word> byName() {
    Map<String, Word> words = new HashMap<>();
    for (Word word : values()) {
      if (word != NAME) {
        words.put(word.name().toLowerCase(Locale.ROOT), word);
      }
    }
    return new Names<>(words);
  }
}
