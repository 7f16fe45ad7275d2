/** Server lists from etcd. */
@NullMarked
package dev.inmesh.discovery.etcd;

import org.jspecify.annotations.NullMarked;
