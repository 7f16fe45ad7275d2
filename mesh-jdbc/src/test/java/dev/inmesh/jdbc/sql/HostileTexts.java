package dev.inmesh.jdbc.sql;

import java.util.LinkedHashMap;
import java.util.Map;

/** Texts of shapes that parsers hang on, or that reward looking twice. */
final class HostileTexts {

  private HostileTexts() {}

  /** By the shape's name, each of about {@code length} characters. */
  static Map<String, String> of(int length) {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("plain", "SELECT " + repeat("a, ", length) + "b FROM t");
    texts.put("14 levels of CASE", "SELECT " + repeat(cases(14) + ", ", length) + "1");
    texts.put("CASE to the end", "SELECT " + repeat("CASE WHEN (a = 1) THEN ", length) + "1");
    texts.put("open parentheses", "SELECT " + repeat("(", length));
    texts.put("nested parentheses", nested("(", ")", length));
    texts.put("nested subqueries", nested("(SELECT 1 + ", ")", length));
    texts.put("calls", nested("lower(", ")", length));
    texts.put("empty literals", "SELECT " + repeat("'' ", length));
    texts.put("doubled quotes", "SELECT '" + repeat("''", length) + "'");
    texts.put("backslashed quotes", "SELECT '" + repeat("\\'", length) + "'");
    texts.put("literals with backslashes", "SELECT 1" + repeat(", 'a\\' ", length));
    texts.put("unterminated literal", "SELECT '" + repeat("x", length));
    texts.put("names in quotes", "SELECT 1" + repeat(", \"a\"", length));
    texts.put("comments", "SELECT " + repeat("/**/", length) + "1");
    texts.put("nested comments", "SELECT " + nested("/*", "*/", length) + "1");
    texts.put("open comments", "SELECT " + repeat("/*", length));
    texts.put("line comments", "SELECT " + repeat("--\n", length) + "1");
    texts.put("hints", repeat("/*mesh:class=batch*/", length) + "SELECT 1");
    texts.put("one comment of hints", "/*" + repeat("mesh:x ", length) + "*/ SELECT 1");
    texts.put("dollars", "SELECT $a$" + repeat("$", length));
    texts.put("nearly the tag", "SELECT $" + tag() + "$" + repeat("$" + tag() + "b", length));
    texts.put("a long tag", "SELECT $" + repeat("a", length / 2) + "$" + repeat("a", length / 2));
    texts.put("tags that are none", "SELECT 1" + repeat(", $1", length));
    texts.put("a long word", "SELECT " + repeat("a", length));
    texts.put("dots", "SELECT a" + repeat(".a", length) + "(1)");
    texts.put("dots without names", "SELECT " + repeat(".", length));
    texts.put("digits", "SELECT " + repeat("1", length));
    texts.put("exponents", "SELECT " + repeat("1e", length));
    texts.put("semicolons", "SELECT 1" + repeat(";", length));
    texts.put("statements", repeat("SELECT 1;", length));
    texts.put("unknown functions", "SELECT 1" + repeat(", f(1)", length));
    texts.put("blanks", "SELECT " + repeat(" ", length) + "1");
    texts.put("WITH lists", "WITH x(a) AS (SELECT 1)" + repeat(", x(a) AS (SELECT 1)", length));
    texts.put("EXPLAIN MESH", repeat("EXPLAIN MESH ", length));
    texts.put("brackets", "SELECT a" + repeat("[1]", length));
    texts.put("unions", "SELECT 1" + repeat(" UNION ALL SELECT 1", length));
    return texts;
  }

  private static String cases(int levels) {
    return levels == 0
        ? "1"
        : "CASE WHEN a = " + levels + " THEN 1 ELSE (" + cases(levels - 1) + ") END";
  }

  private static String tag() {
    return "a".repeat(50);
  }

  private static String nested(String open, String close, int length) {
    int times = length / (open.length() + close.length());
    return "SELECT " + open.repeat(times) + "1" + close.repeat(times);
  }

  private static String repeat(String part, int length) {
    return part.repeat(Math.max(1, length / part.length()));
  }
}
