package dev.inmesh.server;

import java.io.IOException;

/**
 * An address is outside {@code mesh.allowed-networks}, so it was not connected to and nothing was
 * sent.
 */
public final class OutsideNetworksException extends IOException {

  private static final long serialVersionUID = 1;

  OutsideNetworksException(String message) {
    super(message);
  }
}
