/** Servers of an upstream: what the balancers choose from. */
@NullMarked
package dev.inmesh.server;

import org.jspecify.annotations.NullMarked;
