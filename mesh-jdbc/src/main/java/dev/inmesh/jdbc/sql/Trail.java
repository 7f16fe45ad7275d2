package dev.inmesh.jdbc.sql;

/** The last three tokens, and what they mean for the parenthesis that follows them. */
final class Trail {

  private Token token1 = Token.NONE;
  private Token token2 = Token.NONE;
  private Token token3 = Token.NONE;
  private Word word1 = Word.NAME;
  private Word word2 = Word.NAME;
  private Word word3 = Word.NAME;
  private int start1;
  private int end1;

  /** Where the name with its schemas begins whose last part is the last token; -1 if in pieces. */
  private int chain = -1;

  /** Whether the dot before goes on with a name. */
  private boolean qualifyingDot;

  void clear() {
    token1 = Token.NONE;
    token2 = Token.NONE;
    token3 = Token.NONE;
    word1 = Word.NAME;
    word2 = Word.NAME;
    word3 = Word.NAME;
    qualifyingDot = false;
  }

  void add(Token token, Word word, int start, int end) {
    boolean adjacent = start == end1;
    if (token == Token.DOT) {
      // Behind a number the dot is none of a name's, and what follows may be a keyword.
      qualifyingDot =
          token1 == Token.WORD
              || token1 == Token.QUOTED
              || token1 == Token.CLOSE
              || token1 == Token.CLOSE_BRACKET;
      chain = adjacent && token1 == Token.WORD ? chain : -1;
    } else if (token == Token.WORD) {
      chain = token1 != Token.DOT ? start : adjacent ? chain : -1;
    } else {
      chain = -1;
    }
    token3 = token2;
    token2 = token1;
    token1 = token;
    word3 = word2;
    word2 = word1;
    word1 = word;
    start1 = start;
    end1 = end;
  }

  /** The {@code nth} last token. */
  Token token(int nth) {
    return nth == 1 ? token1 : nth == 2 ? token2 : token3;
  }

  /** The {@code nth} last token's word; {@link Word#NAME} if it is none. */
  Word word(int nth) {
    return nth == 1 ? word1 : nth == 2 ? word2 : word3;
  }

  /** Where the last token begins. */
  int start() {
    return start1;
  }

  /** Where the last token ends. */
  int end() {
    return end1;
  }

  int chain() {
    return chain;
  }

  /** Whether what follows is the next part of a name, whatever it looks like. */
  boolean qualifies() {
    return token1 == Token.DOT && qualifyingDot;
  }

  /**
   * Whether the name before a parenthesis is certainly that of no function. Words that are reserved
   * in all dialects never are; the others only where no expression can begin.
   */
  boolean noCall() {
    if (word2 == Word.AS && token2 == Token.WORD) {
      // A table's alias with its columns, or a type with its length.
      return true;
    }
    if (token2 == Token.CLOSE && word1 == Word.NAME) {
      // The same alias without AS: behind a parenthesis no expression begins.
      return true;
    }
    if (token1 == Token.QUOTED) {
      return false;
    }
    return switch (word1) {
      case IN, EXISTS, AND, OR, NOT, ON, USING, FROM, WHERE, SELECT, DISTINCT, ALL, AS -> true;
      case HAVING, WHEN, CASE, UNION, BETWEEN, VALUES, ELSE, INTERVAL, GROUP, EXPLAIN -> true;
      case LIKE, ILIKE, RLIKE, REGEXP -> operand(2) || (word2 == Word.NOT && operand(3));
      case IS, XOR, DIV, THEN, EXCEPT, INTERSECT, MINUS, LIMIT, OFFSET, JOIN -> operand(2);
      case ANY, SOME -> token2 == Token.OPERATOR || word2 == Word.LIKE || word2 == Word.ILIKE;
      case BY -> word2 == Word.ORDER || word2 == Word.GROUP || word2 == Word.PARTITION;
      case OVER -> token2 == Token.CLOSE || word2 == Word.NULLS;
      case FILTER, AGAINST -> token2 == Token.CLOSE;
      case MATERIALIZED -> word2 == Word.AS || (word2 == Word.NOT && word3 == Word.AS);
      case SETS -> word2 == Word.GROUPING;
      case ROLLUP, CUBE -> word2 == Word.BY && word3 == Word.GROUP;
      default -> false;
    };
  }

  /** Whether an operator, and no expression, follows the {@code nth} last token. */
  private boolean operand(int nth) {
    return switch (token(nth)) {
      case QUOTED, LITERAL, NUMBER, PLACEHOLDER, CLOSE, CLOSE_BRACKET, VARIABLE -> true;
      case WORD -> word(nth) == Word.NAME || word(nth) == Word.END;
      default -> false;
    };
  }
}
