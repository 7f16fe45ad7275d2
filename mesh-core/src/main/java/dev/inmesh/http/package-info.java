/** What HTTP means to the mesh, whatever client speaks it. */
@NullMarked
package dev.inmesh.http;

import org.jspecify.annotations.NullMarked;
