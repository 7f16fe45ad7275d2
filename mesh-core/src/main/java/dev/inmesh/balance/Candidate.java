package dev.inmesh.balance;

/**
 * What a balancer may know of a server. Read concurrently with changes; each value is current when
 * read, two of them need not belong to the same instant.
 */
public interface Candidate {

  /** The configured weight, 1 to 65535; constant while the candidate is in one array. */
  int weight();

  /** What it carries; the same object as long as the candidate is in one array. */
  Load load();

  /** Attempts in flight now. */
  default int inFlight() {
    return load().inFlight();
  }

  /** How long it takes. */
  ServiceTime serviceTime();

  /** A hash of its address, the same in every process. */
  long addressHash();
}
