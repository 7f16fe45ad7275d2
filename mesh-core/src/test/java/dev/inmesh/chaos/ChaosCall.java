package dev.inmesh.chaos;

import java.util.List;
import java.util.SplittableRandom;

/**
 * One call, as the seed and its number make it.
 *
 * @param size how long the good answer is
 * @param streamed whether the caller reads the body by itself, bit by bit
 * @param ownMillis the time limit that is set on the call itself; 0 for none
 * @param ambientMillis what the deadline of the caller's thread leaves; 0 for none
 * @param patienceMillis after which its caller gives it up: cancels it, or interrupts who waits for
 *     it; 0 for never
 */
record ChaosCall(
    long id,
    How how,
    boolean post,
    Target target,
    int size,
    boolean streamed,
    int ownMillis,
    int ambientMillis,
    int patienceMillis) {

  /** The ways of making a call. */
  enum How {
    OKHTTP,
    OKHTTP_ENQUEUE,
    JDK_SEND,
    JDK_SEND_ASYNC,
    UPSTREAM_CALL;

    boolean isJdk() {
      return this == JDK_SEND || this == JDK_SEND_ASYNC;
    }
  }

  static ChaosCall of(long seed, long id, List<Target> targets) {
    SplittableRandom random = new SplittableRandom(seed * 37 + id * 1_000_033);
    random.nextLong();
    Target target = targets.get(0);
    int left = random.nextInt(targets.stream().mapToInt(Target::weight).sum());
    for (Target each : targets) {
      left -= each.weight();
      if (left < 0) {
        target = each;
        break;
      }
    }
    How how = How.values()[random.nextInt(9) / 2];
    if (how == How.UPSTREAM_CALL && target.isTls()) {
      how = How.JDK_SEND; // The code of the suite talks no TLS.
    }
    boolean post = random.nextInt(3) == 0;
    int size = random.nextInt(5) == 0 ? 100_000 : 300;
    boolean streamed = random.nextInt(3) == 0;
    boolean hasOwn = random.nextInt(6) == 0 && how != How.UPSTREAM_CALL;
    int own = hasOwn ? random.nextInt(20, 300) : 0;
    int ambient = random.nextInt(4) == 0 ? random.nextInt(10, 300) : 0;
    return new ChaosCall(id, how, post, target, size, streamed, own, ambient, 0);
  }

  /** The same, by a caller who may lose patience. */
  ChaosCall orGivenUp(long seed) {
    SplittableRandom random = new SplittableRandom(seed * 41 + id * 1_000_033);
    random.nextLong();
    // Java's own stream of a body swallows interrupts, up to Java 19.
    boolean deaf = how == How.JDK_SEND && streamed;
    int patience = random.nextInt(10) == 0 && !deaf ? random.nextInt(1, limitMillis() + 1) : 0;
    return new ChaosCall(id, how, post, target, size, streamed, ownMillis, ambientMillis, patience);
  }

  /** The time from its start to its deadline. */
  int limitMillis() {
    int limit = target.timeoutMillis();
    if (ownMillis > 0) {
      limit = Math.min(limit, ownMillis);
    }
    return ambientMillis > 0 ? Math.min(limit, ambientMillis) : limit;
  }

  String path() {
    return "/c/" + id + "/" + size + "/" + how;
  }

  boolean isByJdk() {
    return how.isJdk();
  }

  /** The same of a request that has arrived. */
  static boolean isByJdk(Message request) {
    return How.valueOf(request.part(4)).isJdk();
  }

  String url() {
    return target.scheme() + "://" + target.name() + path();
  }

  String method() {
    return post ? "POST" : "GET";
  }
}
