/** Timers that cost next to nothing to arm and to cancel, on one thread. */
@NullMarked
package dev.inmesh.timer;

import org.jspecify.annotations.NullMarked;
