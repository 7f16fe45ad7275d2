/** Server lists from Consul. */
@NullMarked
package dev.inmesh.discovery.consul;

import org.jspecify.annotations.NullMarked;
