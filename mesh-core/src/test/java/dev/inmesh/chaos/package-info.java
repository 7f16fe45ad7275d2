/** Faults on real sockets: what a call does when anything that can go wrong does. */
@NullMarked
package dev.inmesh.chaos;

import org.jspecify.annotations.NullMarked;
