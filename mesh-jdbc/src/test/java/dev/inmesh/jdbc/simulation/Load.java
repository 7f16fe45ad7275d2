package dev.inmesh.jdbc.simulation;

/** What a client does. */
@FunctionalInterface
interface Load {

  void start(SimulatedClient client);
}
