/** The property grammar, its parser and the live configuration. */
@NullMarked
package dev.inmesh.config;

import org.jspecify.annotations.NullMarked;
