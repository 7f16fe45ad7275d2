package dev.inmesh.http;

import dev.inmesh.server.AllowedNetworks;
import dev.inmesh.server.OutsideNetworksException;
import dev.inmesh.server.Server;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * What can be known of a server that the user's own code is going to connect to: its address, or
 * for a name, whether any of its addresses may be connected to at all. Safe for concurrent use.
 */
public final class AddressCheck {

  private final Resolver resolver;
  private final Supplier<AllowedNetworks> networks;

  /**
   * A check.
   *
   * @param networks where connections may lead, as it is now
   */
  public AddressCheck(Resolver resolver, Supplier<AllowedNetworks> networks) {
    this.resolver = resolver;
    this.networks = networks;
  }

  /**
   * Refuses a server all of whose addresses are outside, or that can't be found. Waits for the
   * first look-up of its name.
   *
   * @throws OutsideNetworksException if nothing there may be connected to
   */
  public void check(Server server, Duration timeLeft) throws IOException, InterruptedException {
    AllowedNetworks now = networks.get();
    if (!now.areLimited()) {
      return;
    }
    List<InetAddress> addresses = addresses(resolver.name(server.host()), timeLeft);
    if (now.among(addresses).isEmpty()) {
      throw now.refusal(addresses.get(0), server.host(), server.port());
    }
  }

  private static List<InetAddress> addresses(Resolver.Name name, Duration timeLeft)
      throws IOException, InterruptedException {
    List<InetAddress> known = name.addresses(System.nanoTime());
    if (!known.isEmpty()) {
      return known;
    }
    try {
      return name.pending().get(timeLeft.toNanos(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      UnknownHostException unknown = new UnknownHostException(name.toString());
      unknown.initCause(e);
      throw unknown;
    }
  }
}
