/** JSON over HTTP, as registries speak it. */
@NullMarked
package dev.inmesh.discovery.http;

import org.jspecify.annotations.NullMarked;
