/** Metrics of the mesh in a Micrometer registry. */
@NullMarked
package dev.inmesh.micrometer;

import org.jspecify.annotations.NullMarked;
