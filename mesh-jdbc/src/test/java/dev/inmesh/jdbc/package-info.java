@NullMarked
package dev.inmesh.jdbc;

import org.jspecify.annotations.NullMarked;
