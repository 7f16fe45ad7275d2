/** What every source of server lists promises. */
@NullMarked
package dev.inmesh.discovery.contract;

import org.jspecify.annotations.NullMarked;
