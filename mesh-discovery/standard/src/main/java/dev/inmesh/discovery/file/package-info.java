/** Server lists from files. */
@NullMarked
package dev.inmesh.discovery.file;

import org.jspecify.annotations.NullMarked;
