package dev.inmesh.simulation;

import java.util.function.LongToDoubleFunction;

/** How a server divides its time among the requests that it has accepted. */
interface ServiceModel {

  /** What {@link #admit} returns when later requests may still change the end. */
  long UNKNOWN = Long.MAX_VALUE;

  /**
   * Serves a request; the event fires when it is done.
   *
   * @param nanos the service time at normal speed
   * @param slowness by how much the server is slower than normal at an instant
   * @return when it will be done, if that is certain already
   */
  long admit(Event done, double nanos, LongToDoubleFunction slowness, long now, EventQueue events);

  /**
   * How long one more request is expected to take, in mean service times.
   *
   * @param inSystem requests that are waiting or being served
   */
  double expectedTime(int inSystem);

  /** Waits in one queue for one of so many workers. */
  static ServiceModel fifo(int workers) {
    return new FifoQueue(workers);
  }

  /** Waits in one queue for the only worker. */
  static ServiceModel oneAtATime() {
    return fifo(1);
  }

  /** CPU-bound: all at once, each gets its part of so many CPUs, one at most. */
  static ServiceModel processorSharing(int cpus) {
    return new ProcessorSharing(cpus);
  }

  /** Sleeps: any number at once, no queue. */
  static ServiceModel pureDelay() {
    return new PureDelay();
  }
}
