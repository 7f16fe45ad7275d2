@NullMarked
package dev.inmesh.jdbc.position;

import org.jspecify.annotations.NullMarked;
