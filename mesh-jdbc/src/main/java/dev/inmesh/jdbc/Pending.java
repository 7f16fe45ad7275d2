package dev.inmesh.jdbc;

import dev.inmesh.jdbc.sql.Verdict;

/**
 * What a statement was given and has not used yet: a batch, or a stream as a parameter. Neither can
 * be given to another physical statement, and so both bind the session to where it is.
 */
final class Pending {

  private final Session session;
  private boolean batch;
  private boolean stickyBatch;
  private boolean stream;

  Pending(Session session) {
    this.session = session;
  }

  boolean hasBatch() {
    return batch;
  }

  /** A part of a batch was added. */
  void batch(boolean sticky) {
    if (!batch) {
      batch = true;
      session.bind();
    }
    stickyBatch |= sticky;
  }

  /** What is to be thought of the batch. */
  Verdict ofBatch() {
    return stickyBatch ? Veto.STICKY : Veto.WRITE;
  }

  /** The batch was run, or is forgotten, and the streams of its last part with it. */
  void batchEnds() {
    streamEnds();
    stickyBatch = false;
    if (batch) {
      batch = false;
      session.unbind();
    }
  }

  /** A parameter was set that can be read only once. */
  void stream() {
    if (!stream) {
      stream = true;
      session.bind();
    }
  }

  boolean hasStream() {
    return stream;
  }

  void streamEnds() {
    if (stream) {
      stream = false;
      session.unbind();
    }
  }
}
