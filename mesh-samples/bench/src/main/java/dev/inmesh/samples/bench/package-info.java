/** What inmesh costs: a pick, the way of a call through the engine, and a call over OkHttp. */
@NullMarked
package dev.inmesh.samples.bench;

import org.jspecify.annotations.NullMarked;
