/** The driver of the JDK's own HTTP client. */
@NullMarked
package dev.inmesh.jdkhttp;

import org.jspecify.annotations.NullMarked;
