/** The OkHttp driver. */
@NullMarked
package dev.inmesh.okhttp;

import org.jspecify.annotations.NullMarked;
