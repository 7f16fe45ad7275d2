/** Drives the production engine in virtual time: named scenarios, every balancer, an oracle. */
@NullMarked
package dev.inmesh.simulation;

import org.jspecify.annotations.NullMarked;
