package dev.inmesh.discovery.http;

import java.io.IOException;

/** A registry says more than anybody should read. */
final class TooLongException extends IOException {

  private static final long serialVersionUID = 1;

  TooLongException(int longest) {
    super("its answer is longer than " + (longest >> 20) + " MB");
  }
}
