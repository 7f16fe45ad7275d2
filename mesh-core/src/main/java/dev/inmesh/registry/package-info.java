/**
 * Follows the registries that list servers, and keeps the rules of what is taken over from them.
 */
@NullMarked
package dev.inmesh.registry;

import org.jspecify.annotations.NullMarked;
