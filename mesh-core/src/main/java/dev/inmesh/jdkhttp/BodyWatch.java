package dev.inmesh.jdkhttp;

/** Told of the body that somebody reads: how it ended, once, in one of these ways. */
interface BodyWatch {

  /** Some of it has come. */
  void bodyRead();

  /** It was read to its end, or its reader wanted no more of it. */
  void bodyDone();

  /** Its reader's own code broke, or the call was cancelled. */
  void bodyAbandoned();

  /** It broke; what the reader gets to see. */
  Throwable bodyFailed(Throwable failure);

  /**
   * Its time ran out; what the reader gets to see.
   *
   * @param awaited whether the reader had asked for more and was waiting
   */
  Throwable bodyTimedOut(boolean awaited);
}
