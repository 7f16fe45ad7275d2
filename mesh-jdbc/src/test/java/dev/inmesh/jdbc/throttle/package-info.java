@NullMarked
package dev.inmesh.jdbc.throttle;

import org.jspecify.annotations.NullMarked;
