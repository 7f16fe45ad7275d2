/**
 * Four services on a disk that is really slow: what becomes of the important statements when nobody
 * holds anything back, with fixed limits, and with the throttle.
 */
@NullMarked
package dev.inmesh.samples.bench.disk;

import org.jspecify.annotations.NullMarked;
