/** A real Eureka server for tests. */
@NullMarked
package dev.inmesh.discovery.eureka.server;

import org.jspecify.annotations.NullMarked;
