package dev.inmesh.jdbc.sql;

import java.util.Random;

/** Makes statements of every sort, reads and others, nested at random; the same for a seed. */
final class Grammar {

  private static final String[] TABLES = {"t", "orders", "s.customers", "\"update\""};
  private static final String[] COLUMNS = {"a", "b", "t.c", "t.update", "\"insert\"", "x.deleted"};
  private static final String[] LITERALS = {
    "1", "2.5", "'x'", "'it''s; DELETE FROM t'", "?", "NULL", "'FOR UPDATE'", "'/* mesh:primary */'"
  };
  private static final String[] PURE = {"lower", "coalesce", "abs", "count", "max", "COUNT"};
  private static final String[] IMPURE = {
    "nextval", "charge_card", "pg_advisory_lock", "app.lower", "setval", "lo_unlink", "evil"
  };
  private static final String[] LOCKS = {
    " FOR UPDATE", " FOR SHARE", " FOR NO KEY UPDATE", " FOR KEY SHARE", " FOR UPDATE NOWAIT"
  };
  private static final String[] BLANKS = {" ", " ", " ", "\n", " /* DELETE */ ", " -- x'\n", "\t"};

  private final Random random;

  /** How often, of a thousand, something that isn't a read is made where it can be. */
  private int malice;

  Grammar(long seed) {
    this.random = new Random(seed);
  }

  String statement() {
    malice = random.nextBoolean() ? 0 : 60;
    String text =
        switch (random.nextInt(20)) {
          case 0 -> "INSERT INTO " + one(TABLES) + " (a) " + select(2);
          case 1 -> "UPDATE " + one(TABLES) + " SET a = " + expression(2) + where(2);
          case 2 -> "DELETE FROM " + one(TABLES) + where(2);
          case 3 -> "VALUES (" + expression(1) + ", " + expression(1) + ")";
          case 4, 5, 6 -> with() + query(3);
          default -> query(3);
        };
    return blanks(text);
  }

  private String with() {
    String columns = random.nextBoolean() ? "w(a)" : "w";
    return "WITH " + columns + " AS (" + (malicious() ? write() : query(2)) + ") ";
  }

  private String write() {
    return switch (random.nextInt(3)) {
      case 0 -> "INSERT INTO t (a) VALUES (1) RETURNING a";
      case 1 -> "UPDATE t SET a = 1 RETURNING a";
      default -> "DELETE FROM t RETURNING a";
    };
  }

  private String query(int depth) {
    if (depth > 0 && random.nextInt(4) == 0) {
      String set = one(new String[] {" UNION ", " UNION ALL ", " EXCEPT ", " INTERSECT "});
      return "(" + query(depth - 1) + ")" + set + "(" + query(depth - 1) + ")";
    }
    if (depth > 0 && random.nextInt(8) == 0) {
      return "(" + query(depth - 1) + ")";
    }
    return select(depth);
  }

  private String select(int depth) {
    StringBuilder text = new StringBuilder("SELECT ");
    text.append(random.nextInt(5) == 0 ? "DISTINCT " : "").append(expression(depth));
    for (int i = random.nextInt(3); i > 0; i--) {
      text.append(", ").append(expression(depth));
    }
    if (malicious()) {
      text.append(" INTO u");
    }
    text.append(" FROM ").append(source(depth)).append(where(depth));
    if (random.nextInt(5) == 0) {
      text.append(" GROUP BY ").append(one(COLUMNS));
    }
    if (random.nextInt(3) == 0) {
      text.append(" ORDER BY ").append(expression(0));
    }
    if (random.nextInt(4) == 0) {
      text.append(" LIMIT 10");
    }
    return malicious() ? text + one(LOCKS) : text.toString();
  }

  private String source(int depth) {
    if (depth > 0 && random.nextInt(4) == 0) {
      return "(" + query(depth - 1) + ") x";
    }
    if (random.nextInt(3) == 0) {
      return one(TABLES) + " x JOIN " + one(TABLES) + " y ON (x.a = y.a)";
    }
    return one(TABLES);
  }

  private String where(int depth) {
    return random.nextBoolean() ? "" : " WHERE " + condition(depth);
  }

  private String condition(int depth) {
    return switch (random.nextInt(depth > 0 ? 7 : 3)) {
      case 0 -> one(COLUMNS) + " IN (1, 2, ?)";
      case 1 -> one(COLUMNS) + " LIKE 'x%'";
      case 3 -> "EXISTS (" + query(depth - 1) + ")";
      case 4 -> "NOT (" + condition(depth - 1) + " OR " + condition(depth - 1) + ")";
      case 5 -> one(COLUMNS) + " IN (" + query(depth - 1) + ")";
      default -> expression(depth - 1) + " = " + expression(depth - 1);
    };
  }

  private String expression(int depth) {
    if (malicious()) {
      return one(IMPURE) + "(1)";
    }
    return switch (random.nextInt(depth > 0 ? 8 : 3)) {
      case 0 -> one(LITERALS);
      case 3 -> one(PURE) + "(" + expression(depth - 1) + ")";
      case 4 -> "(" + select(depth - 1) + ")";
      case 5 -> "CASE WHEN " + condition(depth - 1) + " THEN 1 ELSE " + expression(0) + " END";
      case 6 -> expression(depth - 1) + " + (" + expression(depth - 1) + ")";
      case 7 -> "CAST(" + expression(depth - 1) + " AS varchar(10))";
      default -> one(COLUMNS);
    };
  }

  /** Puts other blanks in, and comments, outside literals and names. */
  private String blanks(String text) {
    StringBuilder result = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      }
      boolean blank = c == ' ' && quote == 0;
      result.append(blank ? one(BLANKS) : String.valueOf(c));
    }
    return result.toString();
  }

  private boolean malicious() {
    return random.nextInt(1000) < malice;
  }

  private String one(String[] choices) {
    return choices[random.nextInt(choices.length)];
  }
}
