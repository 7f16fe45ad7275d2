/** How many statements may be on a database server at once, and whose turn it is. */
@NullMarked
package dev.inmesh.jdbc.throttle;

import org.jspecify.annotations.NullMarked;
