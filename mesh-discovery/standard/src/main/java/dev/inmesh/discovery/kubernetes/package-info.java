/** Server lists from Kubernetes. */
@NullMarked
package dev.inmesh.discovery.kubernetes;

import org.jspecify.annotations.NullMarked;
