package dev.inmesh.jdbc.simulation;

/** Something that happens at an instant of virtual time. */
@FunctionalInterface
interface Event {

  void fire(long now);
}
