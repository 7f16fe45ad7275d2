/** Server lists from ZooKeeper, and this service's own entry there. */
@NullMarked
package dev.inmesh.discovery.zookeeper;

import org.jspecify.annotations.NullMarked;
