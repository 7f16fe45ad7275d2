/** Server lists from Eureka. */
@NullMarked
package dev.inmesh.discovery.eureka;

import org.jspecify.annotations.NullMarked;
