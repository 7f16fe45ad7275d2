/** Real databases, each with replicas, for tests and measurements. */
@NullMarked
package dev.inmesh.jdbc.servers;

import org.jspecify.annotations.NullMarked;
