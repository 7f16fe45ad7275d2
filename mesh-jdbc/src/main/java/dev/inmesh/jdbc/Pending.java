package dev.inmesh.jdbc;

import dev.inmesh.jdbc.sql.Verdict;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a statement was given and has not used yet: a batch, or a stream as a parameter; and what it
 * has not been asked for yet: generated keys, and the parameters that a call gave out. None of it
 * can be had of another physical statement, and so it binds the session to where it is.
 */
final class Pending {

  private final Session session;
  private boolean batch;
  private boolean stickyBatch;
  private boolean stream;
  private boolean outcome;

  /** Results before the present one that were kept, and generated keys. */
  private @Nullable List<LogicalResult> kept;

  Pending(Session session) {
    this.session = session;
  }

  void keep(LogicalResult result) {
    if (kept == null) {
      kept = new ArrayList<>();
    }
    kept.add(result);
  }

  /** The statement is run again, or closed. */
  void endKept() throws SQLException {
    List<LogicalResult> ended = kept;
    kept = null;
    if (ended != null) {
      for (LogicalResult each : ended) {
        each.replaced();
      }
    }
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

  /** It was run, and can be asked for what came of it. */
  void outcome() {
    if (!outcome) {
      outcome = true;
      session.bind();
    }
  }

  /** It was asked, or can be no more. */
  void outcomeEnds() {
    if (outcome) {
      outcome = false;
      session.unbind();
    }
  }

  void streamEnds() {
    if (stream) {
      stream = false;
      session.unbind();
    }
  }
}
