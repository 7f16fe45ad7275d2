package dev.inmesh.chaos;

import java.io.IOException;

/** What goes wrong, and how. */
enum Fault {
  /** Nothing. It is not counted. */
  NONE(Place.REQUEST, Proxied::pass),

  /** Nothing listens on the port. */
  REFUSE(Place.ADDRESS),
  /** A SYN is never answered: the queue of those to be accepted is full. */
  BLACK_HOLE(Place.ADDRESS),

  RESET_AT_ACCEPT(Place.CONNECTION, Proxied::reset),
  CLOSE_AT_ACCEPT(Place.CONNECTION, p -> false),
  ACCEPT_AND_HANG(Place.CONNECTION, Proxied::hang),

  TLS_HANG(Place.TLS, Proxied::hang),
  TLS_RESET(Place.TLS, Proxied::reset),
  TLS_CLOSE(Place.TLS, p -> false),
  TLS_GARBAGE(
      Place.TLS,
      p -> {
        p.send("\u0016\u0003\u0003\u0000@this is no server hello, whatever it may look like");
        return p.hang();
      }),
  /** The proxy leads to a server that nobody knows. */
  TLS_WRONG_CERTIFICATE(Place.TLS),

  /** Swallowed: the server never sees it. */
  SWALLOW(Place.REQUEST, Proxied::hang),
  /** Executed, and never answered. */
  HANG_AFTER_WORK(
      Place.REQUEST,
      p -> {
        Message unused = p.forward();
        return p.hang();
      }),
  RESET_BEFORE_ANSWER(
      Place.REQUEST,
      p -> {
        Message unused = p.forward();
        return p.reset();
      }),
  CLOSE_BEFORE_ANSWER(
      Place.REQUEST,
      p -> {
        Message unused = p.forward();
        return false;
      }),
  RESET_MID_HEADER(
      Place.REQUEST,
      p -> {
        Message answer = p.forward();
        p.send(answer.head(), 0, answer.head().length / 2);
        return p.reset();
      }),
  RESET_MID_BODY(
      Place.REQUEST,
      p -> {
        p.sendHalf(p.forward());
        return p.reset();
      }),
  HALF_CLOSE(
      Place.REQUEST,
      p -> {
        p.sendHalf(p.forward());
        return p.halfClose();
      }),
  STALL_MID_BODY(
      Place.REQUEST,
      p -> {
        p.sendHalf(p.forward());
        return p.hang();
      }),
  DRIP_HEADER(Place.REQUEST, p -> p.drip(p.forward().head(), 7) && p.hang()),
  DRIP_BODY(
      Place.REQUEST,
      p -> {
        Message answer = p.forward();
        p.send(answer.head(), 0, answer.head().length);
        return p.drip(answer.body(), 7);
      }),
  SLOW(Place.REQUEST, p -> p.passLate(130)),
  GARBAGE(
      Place.REQUEST,
      p -> {
        Message unused = p.forward();
        p.send("\u0000\u00ff\r\n\r\n\u0001\u0002 not HTTP \r\n\r\n".repeat(20));
        return false;
      }),
  GARBAGE_HEADER(
      Place.REQUEST,
      p -> {
        Message unused = p.forward();
        p.send(
            "HTTP/1.1 200 OK\r\n: no name\r\nno colon\r\n\u0000: nul\r\nContent-Length: x\r\n\r\n");
        return p.hang();
      }),
  HUGE_HEADER(
      Place.REQUEST,
      p -> {
        Message unused = p.forward();
        p.send("HTTP/1.1 200 OK\r\n");
        return p.repeat("X-Large: " + "y".repeat(60_000) + "\r\n", 5);
      }),
  /** More is promised than comes, and the connection stays open. */
  LENGTH_TOO_LONG(
      Place.REQUEST,
      p -> {
        Message answer = p.forward();
        p.send(answer.withLength(answer.body().length + 10));
        return p.hang();
      }),
  /** More comes than is promised: the rest is in the way of the next answer. */
  LENGTH_TOO_SHORT(
      Place.REQUEST,
      p -> {
        Message answer = p.forward();
        return p.send(answer.withLength(answer.body().length / 2));
      }),
  BROKEN_CHUNK(
      Place.REQUEST,
      p -> {
        Message unused = p.forward();
        p.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\noops");
        return p.hang();
      }),
  CONTINUE_FOREVER(
      Place.REQUEST,
      p -> {
        Message unused = p.forward();
        return p.repeat("HTTP/1.1 100 Continue\r\n\r\n", 5);
      }),
  /** What nobody has asked for, and then the answer. */
  UNASKED_CONTINUE(
      Place.REQUEST,
      p -> {
        Message answer = p.forward();
        p.send("HTTP/1.1 100 Continue\r\n\r\n");
        p.send("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
        return p.send(answer);
      }),
  STATUS_500(Place.REQUEST, p -> p.send(Message.answer(500, "", "oops"))),
  STATUS_502(Place.REQUEST, p -> p.send(Message.answer(502, "", "oops"))),
  STATUS_503(Place.REQUEST, p -> p.send(Message.answer(503, "Retry-After: 0\r\n", "busy"))),
  STATUS_504(Place.REQUEST, p -> p.send(Message.answer(504, "", "oops"))),
  STATUS_429(Place.REQUEST, p -> p.send(Message.answer(429, "Retry-After: 0\r\n", "too many"))),
  /** Of a server that then is to be left alone for a second. */
  STATUS_429_FOR_A_SECOND(
      Place.CONNECTION,
      p -> p.next() != null && p.send(Message.answer(429, "Retry-After: 1\r\n", ""))),
  /** An idle connection is closed just as the next request comes. */
  CLOSE_IDLE(Place.REUSED, p -> false),
  RESET_IDLE(Place.REUSED, Proxied::reset);

  /** Where it happens. */
  enum Place {
    /** Of the address: it is not the proxy's to do. */
    ADDRESS,
    /** When a connection was accepted, before anything is read. */
    CONNECTION,
    /** The same, instead of a handshake. */
    TLS,
    /** When a request was read. */
    REQUEST,
    /** The same, and it is not the first one of its connection. */
    REUSED
  }

  /** What is done with the connection. */
  @FunctionalInterface
  private interface Deed {
    boolean on(Proxied connection) throws IOException;
  }

  private final Place place;

  @SuppressWarnings("ImmutableEnumChecker") // None of them holds anything.
  private final Deed deed;

  Fault(Place place) {
    this(
        place,
        p -> {
          throw new IllegalStateException("not the proxy's to do");
        });
  }

  Fault(Place place, Deed deed) {
    this.place = place;
    this.deed = deed;
  }

  Place place() {
    return place;
  }

  /**
   * Whether Java 17's own client, without any mesh, never closes a connection on which this came:
   * its handles are gone until the process ends.
   */
  boolean leaksInJdk() {
    return this == GARBAGE
        || this == GARBAGE_HEADER
        || this == HUGE_HEADER
        || this == CONTINUE_FOREVER;
  }

  /** Does it; false when the connection is over. */
  boolean on(Proxied connection) throws IOException {
    return deed.on(connection);
  }
}
