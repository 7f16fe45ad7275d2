/** The engine decides, drivers do I/O: plans, leases, ejection, breaker, budget. */
@NullMarked
package dev.inmesh.engine;

import org.jspecify.annotations.NullMarked;
