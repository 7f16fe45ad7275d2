/** How far a server has come in what was written, as each database says it. */
@NullMarked
package dev.inmesh.jdbc.position;

import org.jspecify.annotations.NullMarked;
