/** A DataSource that sends reads to replicas when that is provably right. */
@NullMarked
package dev.inmesh.jdbc;

import org.jspecify.annotations.NullMarked;
