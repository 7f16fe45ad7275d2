/** A service mesh that runs inside the JVM: start with {@link dev.inmesh.Mesh}. */
@NullMarked
package dev.inmesh;

import org.jspecify.annotations.NullMarked;
