/** What carries contexts from thread to thread. */
@NullMarked
package dev.inmesh.jdbc.micrometer;

import org.jspecify.annotations.NullMarked;
