/** What the engine tells whoever watches it. */
@NullMarked
package dev.inmesh.event;

import org.jspecify.annotations.NullMarked;
