/** Server lists from DNS. */
@NullMarked
package dev.inmesh.discovery.dns;

import org.jspecify.annotations.NullMarked;
