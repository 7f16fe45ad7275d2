package dev.inmesh.event;

/** What went wrong with an attempt; the evidence that ejection and retries go by. */
public enum Failure {
  /** The server's host refused the connection: nothing listens there. */
  REFUSED("connect refused"),
  /** No connection was made within {@code timeout.connect}. */
  CONNECT_TIMEOUT("connect timed out"),
  /** No connection could be made for another reason: no route, no address, TLS failed. */
  CONNECT("connect failed"),
  /** Where it is may not be connected to ({@code mesh.allowed-networks}): nothing was sent. */
  OUTSIDE("outside mesh.allowed-networks"),
  /** The connection broke, or what came was not HTTP. */
  ERROR("connection broke"),
  /** Time ran out after the connection was made. */
  TIMEOUT("timed out"),
  /** An answer with a status that is the server's fault. */
  STATUS("http");

  private final String words;

  Failure(String words) {
    this.words = words;
  }

  /** In messages: {@code connect refused}, {@code http 503}. */
  public String words(int status) {
    return this == STATUS ? words + " " + status : words;
  }

  /** Whether it is the address that is wrong, which no request can have brought about. */
  public boolean isOfTheAddress() {
    return this == REFUSED || this == OUTSIDE;
  }

  /** Whether the words leave open what happened, so that a message should say more. */
  public boolean isUnclear() {
    return this == CONNECT || this == OUTSIDE || this == ERROR;
  }

  /** Whether time ran out, so that a pause of this JVM may be to blame. */
  public boolean isTimeout() {
    return this == TIMEOUT || this == CONNECT_TIMEOUT;
  }
}
