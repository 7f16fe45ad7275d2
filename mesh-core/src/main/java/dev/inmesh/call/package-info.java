/** What a call is bounded by and how it can fail. */
@NullMarked
package dev.inmesh.call;

import org.jspecify.annotations.NullMarked;
