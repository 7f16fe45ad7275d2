@NullMarked
package dev.inmesh.jdbc.servers;

import org.jspecify.annotations.NullMarked;
