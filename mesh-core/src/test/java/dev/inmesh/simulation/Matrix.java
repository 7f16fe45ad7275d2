package dev.inmesh.simulation;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** Scenarios x policies x seeds, on two threads. Seeds are 1, 2, 3 and so on. */
final class Matrix {

  private static final int THREADS = 2;

  private final Map<Scenario, Map<Policy, List<Figures>>> figures = new LinkedHashMap<>();

  private Matrix() {}

  static Matrix run(List<Scenario> scenarios, int seeds)
      throws InterruptedException, ExecutionException {
    Matrix matrix = new Matrix();
    ExecutorService threads = Executors.newFixedThreadPool(THREADS);
    try {
      Map<Scenario, Map<Policy, List<Future<Figures>>>> running = new LinkedHashMap<>();
      for (Scenario scenario : scenarios) {
        Map<Policy, List<Future<Figures>>> byPolicy = new LinkedHashMap<>();
        running.put(scenario, byPolicy);
        for (Policy policy : Policy.all()) {
          byPolicy.put(policy, submit(threads, scenario, policy, seeds));
        }
      }
      for (var byPolicy : running.entrySet()) {
        Map<Policy, List<Figures>> done = new LinkedHashMap<>();
        matrix.figures.put(byPolicy.getKey(), done);
        for (var runs : byPolicy.getValue().entrySet()) {
          List<Figures> bySeed = new ArrayList<>();
          for (Future<Figures> run : runs.getValue()) {
            bySeed.add(run.get());
          }
          done.put(runs.getKey(), bySeed);
        }
      }
    } finally {
      threads.shutdownNow();
    }
    return matrix;
  }

  private static List<Future<Figures>> submit(
      ExecutorService threads, Scenario scenario, Policy policy, int seeds) {
    List<Future<Figures>> runs = new ArrayList<>();
    for (int seed = 1; seed <= seeds; seed++) {
      long drawnFrom = seed;
      Callable<Figures> run = () -> Simulation.run(scenario, policy, drawnFrom);
      runs.add(threads.submit(run));
    }
    return runs;
  }

  Stream<Figures> runs() {
    return figures.values().stream()
        .flatMap(byPolicy -> byPolicy.values().stream())
        .flatMap(List::stream);
  }

  /** By scenario and policy, one for each seed in their order. */
  Map<Scenario, Map<Policy, List<Figures>>> figures() {
    return figures;
  }
}
