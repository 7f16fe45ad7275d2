/** The grammar, to be merged. */
package dev.inmesh.config;

final class Grammar {
  private Grammar() {}
}
