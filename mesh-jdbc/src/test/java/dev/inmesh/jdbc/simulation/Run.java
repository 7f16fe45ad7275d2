package dev.inmesh.jdbc.simulation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** One run: a server, clients that join, and what happens to them. */
final class Run {

  final Events events = new Events();
  final Database database;
  private final SplittableRandom random;
  private final Figures figures;
  private final int seconds;
  private final Limits limits;
  final List<SimulatedClient> clients = new ArrayList<>();

  /** Makes each client's limit. */
  interface Limits {
    LimitSource make(RandomGenerator random);
  }

  Run(int seconds, int clients, Limits limits, long seed) {
    this.seconds = seconds;
    this.limits = limits;
    this.random = new SplittableRandom(seed);
    this.database = new Database(events, random.nextLong());
    this.figures = new Figures(seconds, clients);
  }

  Run at(double second, Consumer<Database> change) {
    events.at(Math.round(second * Events.SECOND), now -> change.accept(database));
    return this;
  }

  Run joins(double second, int count, Load load) {
    return join(second, count, load, limits);
  }

  /** One that doesn't hold itself back. */
  Run strangers(double second, Load load) {
    return join(second, 1, load, Policy.OFF.limits());
  }

  private Run join(double second, int count, Load load, Limits whose) {
    events.at(
        Math.round(second * Events.SECOND),
        now -> {
          for (int i = 0; i < count; i++) {
            SplittableRandom own = random.split();
            SimulatedClient client =
                new SimulatedClient(
                    events, clients.size(), database, whose.make(own.split()), figures, own);
            clients.add(client);
            client.start();
            load.start(client);
          }
        });
    return this;
  }

  Figures run() {
    events.runUntil(seconds * Events.SECOND);
    return figures;
  }
}
