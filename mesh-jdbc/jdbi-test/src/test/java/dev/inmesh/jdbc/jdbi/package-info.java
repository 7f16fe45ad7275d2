@NullMarked
package dev.inmesh.jdbc.jdbi;

import org.jspecify.annotations.NullMarked;
