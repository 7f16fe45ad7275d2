/** Calls of any protocol: the user's own code talks to the server, the mesh does the rest. */
@NullMarked
package dev.inmesh.generic;

import org.jspecify.annotations.NullMarked;
