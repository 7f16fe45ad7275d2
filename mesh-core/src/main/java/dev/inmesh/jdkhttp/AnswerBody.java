package dev.inmesh.jdkhttp;

import dev.inmesh.timer.Timers;
import java.net.http.HttpResponse.ResponseInfo;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The body of an answer, untouched until it is known what becomes of it, and taken once: collected,
 * read by the user, or let go. Safe for concurrent use.
 */
final class AnswerBody {

  /** Up to this many bytes an answer of known length is read before it counts as one. */
  private static final long SMALL_BYTES = 64 << 10;

  private final Flow.Publisher<List<ByteBuffer>> publisher;
  private final boolean small;
  private final AtomicBoolean taken = new AtomicBoolean();

  /**
   * @param method of the request
   */
  AnswerBody(Flow.Publisher<List<ByteBuffer>> publisher, ResponseInfo head, String method) {
    this.publisher = publisher;
    this.small = isEmpty(head, method) || isShort(head);
  }

  private static boolean isEmpty(ResponseInfo head, String method) {
    int status = head.statusCode();
    return method.equals("HEAD") || status == 204 || status == 304;
  }

  private static boolean isShort(ResponseInfo head) {
    String length = head.headers().firstValue("Content-Length").orElse(null);
    try {
      return length != null && Long.parseLong(length) <= SMALL_BYTES;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** Whether it is known to be short. One that doesn't say may be a stream. */
  boolean isSmall() {
    return small;
  }

  /** Gives it to this subscriber, unless it was taken before. */
  void to(Flow.Subscriber<? super List<ByteBuffer>> subscriber) {
    if (taken.compareAndSet(false, true)) {
      publisher.subscribe(subscriber);
    }
  }

  /** Lets go of it, unless it was taken before. */
  void discard(Timers timers) {
    to(new Unwanted(small, timers));
  }
}
