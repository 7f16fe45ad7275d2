/** The demo: three servers, a steady load, and faults at the press of a key. */
@NullMarked
package dev.inmesh.samples.shop;

import org.jspecify.annotations.NullMarked;
