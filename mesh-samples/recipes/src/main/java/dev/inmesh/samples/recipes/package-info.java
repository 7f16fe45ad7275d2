/** One class per recipe, to be read from top to bottom; each is run in a test on real sockets. */
@NullMarked
package dev.inmesh.samples.recipes;

import org.jspecify.annotations.NullMarked;
