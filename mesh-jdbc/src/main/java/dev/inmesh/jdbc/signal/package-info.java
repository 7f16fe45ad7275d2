/** How slow the disk of a database server is, by whatever can be read of it. */
@NullMarked
package dev.inmesh.jdbc.signal;

import org.jspecify.annotations.NullMarked;
