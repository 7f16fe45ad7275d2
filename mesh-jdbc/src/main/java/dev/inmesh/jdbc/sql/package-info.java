/** What a statement's text proves: may it go to a replica, and why not. */
@NullMarked
package dev.inmesh.jdbc.sql;

import org.jspecify.annotations.NullMarked;
