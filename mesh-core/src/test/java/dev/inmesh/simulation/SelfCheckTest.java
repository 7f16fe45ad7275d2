package dev.inmesh.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.inmesh.config.BalancerType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulator's queues against what queueing theory knows of them. */
final class SelfCheckTest {

  private static final double MEAN_MILLIS = 4;

  /** 40 workers in all: p99 of a random split into ten M/M/4, and of one pooled M/M/40. */
  @ParameterizedTest
  @CsvSource({
    "10, 4, 0.70, 22.0, 6000000",
    "10, 4, 0.90, 48.8, 12000000",
    "10, 4, 0.95, 94.3, 50000000",
    "1, 40, 0.70, 18.4, 4000000",
    "1, 40, 0.90, 18.9, 4000000",
    "1, 40, 0.95, 20.4, 8000000"
  })
  void theNinetyNinthPercentileOfAnMmcQueueIsWithinTwoPercent(
      int queues, int workers, double load, double knownMillis, int calls) {
    FifoQueue[] all = new FifoQueue[queues];
    for (int i = 0; i < queues; i++) {
      all[i] = new FifoQueue(workers);
    }
    Demand demand = Demand.exponential(MEAN_MILLIS);
    double meanGap = MEAN_MILLIS * 1e6 / (load * queues * workers);
    Draws draws = new Draws(1, 1);
    Latencies latencies = new Latencies();
    double clock = 0;

    for (int i = 0; i < calls; i++) {
      clock += draws.exponential(meanGap);
      long now = Math.round(clock);
      long end = all[draws.below(queues)].end(demand.nanos(draws.unit()), at -> 1, now);
      latencies.add(end - now);
    }

    assertThat(latencies.quantile(0.99) / 1e6).isCloseTo(knownMillis, within(0.02 * knownMillis));
  }

  /** The same queue with everything around it: arrivals, engine, events, figures. */
  @Test
  void throughTheWholeSimulatorItIsTheSame() {
    Scenario oneServer =
        new Scenario("mm4", "one M/M/4 at load 0.7")
            .fleet(1, () -> ServiceModel.fifo(4), Demand.exponential(MEAN_MILLIS))
            .key("max-requests", "100000")
            .open(700)
            .seconds(10, 2000);

    Figures figures = Simulation.run(oneServer, new Policy(BalancerType.ROUND_ROBIN), 1);

    assertThat(figures.successPercent()).isEqualTo(100);
    assertThat(figures.quantileMillis(0.99)).isCloseTo(22.0, within(0.02 * 22.0));
  }

  /** Whatever the demand's distribution, the mean time in the system is E[S] / (1 - load). */
  @Test
  void processorSharingTakesTheMeanTimeThatItShould() {
    for (Demand demand : new Demand[] {Demand.exponential(MEAN_MILLIS), Demand.constant(4)}) {
      EventQueue events = new EventQueue();
      ServiceModel model = ServiceModel.processorSharing(1);
      Draws draws = new Draws(1, 1);
      int calls = 400_000;
      double[] sum = new double[1];
      double clock = 0;

      for (int i = 0; i < calls; i++) {
        clock += draws.exponential(MEAN_MILLIS * 1e6 / 0.7);
        double nanos = demand.nanos(draws.unit());
        events.at(
            Math.round(clock),
            now -> {
              long unknown = model.admit(end -> sum[0] += end - now, nanos, at -> 1, now, events);
              assertThat(unknown).isEqualTo(ServiceModel.UNKNOWN);
            });
      }
      events.run();

      double known = MEAN_MILLIS / 0.3;
      assertThat(sum[0] / calls / 1e6).isCloseTo(known, within(0.02 * known));
    }
  }
}
