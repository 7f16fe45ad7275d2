package dev.inmesh;

import dev.inmesh.registry.Registrant;
import dev.inmesh.server.ServerEntry;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/**
 * This service's own entry in a registry: there for as long as the service is healthy, drained
 * first and then taken away when it is closed.
 *
 * <pre>{@code
 * // -Dmesh.discovery.zk.type=zookeeper -Dmesh.discovery.zk.address=zk1:2181,zk2:2181,zk3:2181
 * Registration registration =
 *     mesh.registration("zk", "inventory", ServerEntry.line("10.0.0.3:5000 weight=5 zone=a"))
 *         .healthyWhen(database::isThere)
 *         .start();
 * ...
 * registration.close();   // no new calls come; those in flight have had their time
 * server.stop();
 * }</pre>
 *
 * <p>A registry that is away costs nothing here: {@link Builder#start} returns at once, and what is
 * to be said is said again and again, after 50 ms to 2 s, until the registry has it. What the
 * registry loses is put back. One thread does so.
 *
 * <p>Nothing of it runs by itself when the JVM ends. A shutdown hook that calls {@link #close} does
 * so, and must run before whatever stops the server.
 *
 * <p>Safe for concurrent use.
 */
public final class Registration implements AutoCloseable {

  /** How far it is. */
  public enum State {
    /** The registry doesn't answer, or has not been told yet: whether it lists it isn't known. */
    PENDING,
    /** The registry lists it. */
    REGISTERED,
    /** The registry lists nothing, since the service isn't healthy. */
    UNHEALTHY,
    /** It is drained, or was asked to be. */
    DRAINING,
    /** It is closed. */
    CLOSED
  }

  private final Registrant registrant;
  private final Duration drainFor;
  private final Registrations registrations;

  private Registration(Registrant registrant, Duration drainFor, Registrations registrations) {
    this.registrant = registrant;
    this.drainFor = drainFor;
    this.registrations = registrations;
  }

  /** How far it is. */
  public State state() {
    if (registrant.isEnded()) {
      return State.CLOSED;
    }
    if (registrant.isDraining()) {
      return State.DRAINING;
    }
    return switch (registrant.listed()) {
      case PLAIN -> State.REGISTERED;
      case NOTHING -> State.UNHEALTHY;
      default -> State.PENDING;
    };
  }

  /**
   * Marks the server as drained in the registry, or takes it away where the registry has no such
   * mark, and returns at once. That can't be undone. Of no effect when it was called before.
   */
  public void drain() {
    registrant.drain();
  }

  /**
   * Drains the server, waits {@link Builder#drainFor} from when the registry has taken that, and
   * takes the server away. To be called before the server is stopped, which can be done as soon as
   * this returns.
   *
   * <p>Waits for nothing when no client can have seen the server; and 4 seconds at most for a
   * registry that doesn't answer, whose entry then expires by itself. An interrupt ends the waiting
   * and not the rest, and stays set. Of no effect the second time.
   */
  @Override
  public void close() {
    registrant.leave(drainFor);
    registrations.forget(registrant);
  }

  /** {@code inventory 10.0.0.3:5000: registered with zk}, with what is wrong if something is. */
  @Override
  public String toString() {
    return registrant.toString();
  }

  /** Builds a {@link Registration}. Not safe for concurrent use. */
  public static final class Builder {

    private static final Duration LONGEST_DRAIN = Duration.ofHours(1);
    private static final Duration SHORTEST_PERIOD = Duration.ofMillis(10);
    private static final Duration LONGEST_PERIOD = Duration.ofHours(1);

    private final Registrations registrations;
    private final String registry;
    private final String service;
    private final ServerEntry entry;
    private BooleanSupplier health = () -> true;
    private Duration healthPeriod = Duration.ofSeconds(1);
    private Duration drainFor = Duration.ofSeconds(5);

    Builder(Registrations registrations, String registry, String service, ServerEntry entry) {
      this.registrations = registrations;
      this.registry = registry;
      this.service = service;
      this.entry = entry;
    }

    /**
     * Whether the service is healthy, asked in the registration's thread: registered when it is,
     * taken away when it isn't or when the check throws. Healthy without such a check. It must
     * return soon, since nothing is renewed meanwhile.
     */
    public Builder healthyWhen(BooleanSupplier check) {
      health = check;
      return this;
    }

    /**
     * How often the check is asked, 10 ms to 1 h; 1 s by default.
     *
     * @throws IllegalArgumentException if it is outside of that
     */
    public Builder healthPeriod(Duration period) {
      healthPeriod = within("healthPeriod", period, SHORTEST_PERIOD, LONGEST_PERIOD);
      return this;
    }

    /**
     * How long a drained server stays before it is taken away, 0 to 1 h; 5 s by default. Clients
     * must have seen the drain within it, and calls that were in flight must be over: the time in
     * which they hear of a change, and the longest call.
     *
     * @throws IllegalArgumentException if it is outside of that
     */
    public Builder drainFor(Duration time) {
      drainFor = within("drainFor", time, Duration.ZERO, LONGEST_DRAIN);
      return this;
    }

    private static Duration within(String name, Duration value, Duration least, Duration most) {
      if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
        throw new IllegalArgumentException(
            name + " " + value + " is outside " + least + " to " + most);
      }
      return value;
    }

    /**
     * Begins to register and returns at once, whether or not the registry is there.
     *
     * @throws IllegalArgumentException if the configuration has no such registry, it can only be
     *     read, or it can't have such a service or entry; the message says what mends it
     * @throws IllegalStateException if the mesh is closed, or has a registration of this address
     *     for this service in this registry that isn't
     */
    public Registration start() {
      Registrant registrant = registrations.start(registry, service, entry, health, healthPeriod);
      return new Registration(registrant, drainFor, registrations);
    }
  }
}
