/** Clients, their limits and a database with a disk of known capacity, in virtual time. */
@NullMarked
package dev.inmesh.jdbc.simulation;

import org.jspecify.annotations.NullMarked;
