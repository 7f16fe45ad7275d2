@NullMarked
package dev.inmesh.jdbc.sql;

import org.jspecify.annotations.NullMarked;
