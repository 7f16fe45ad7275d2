/** JSON as registries write it. */
@NullMarked
package dev.inmesh.discovery.json;

import org.jspecify.annotations.NullMarked;
