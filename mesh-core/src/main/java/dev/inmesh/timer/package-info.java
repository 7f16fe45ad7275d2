/**
 * Timers that cost next to nothing to arm and to cancel, on one thread, and alarms on them for what
 * may take time.
 */
@NullMarked
package dev.inmesh.timer;

import org.jspecify.annotations.NullMarked;
