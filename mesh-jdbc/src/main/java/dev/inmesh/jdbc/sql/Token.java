package dev.inmesh.jdbc.sql;

/** What a text is made of, comments and white space aside. */
enum Token {
  /** Before the first one, and behind the last one. */
  NONE,
  WORD,
  QUOTED,
  LITERAL,
  NUMBER,
  PLACEHOLDER,
  OPEN,
  CLOSE,
  CLOSE_BRACKET,
  BRACE,
  COMMA,
  DOT,
  SEMICOLON,
  ASSIGNMENT,
  VARIABLE,
  SERVER_VARIABLE,
  OPERATOR,
  /** The text can't be read any further; the lexer says why. */
  BROKEN
}
