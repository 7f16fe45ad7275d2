/** Balancers: which server gets the next attempt. */
@NullMarked
package dev.inmesh.balance;

import org.jspecify.annotations.NullMarked;
