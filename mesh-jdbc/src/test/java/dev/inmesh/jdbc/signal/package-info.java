@NullMarked
package dev.inmesh.jdbc.signal;

import org.jspecify.annotations.NullMarked;
