package dev.inmesh.jdbc;

import org.jspecify.annotations.Nullable;

/** Something that a user asked of a connection, and that may take time. */
@FunctionalInterface
interface Step {

  @Nullable Object run() throws Throwable;
}
