package dev.inmesh.simulation;

import java.util.ArrayList;
import java.util.List;

/** Some servers fail. */
final class FailureScenarios {

  private FailureScenarios() {}

  static List<Scenario> all() {
    List<Scenario> all = new ArrayList<>();
    all.add(blackHole());
    all.add(blackHoleOfTwo());
    all.add(failsFast());
    all.add(pathDies());
    all.add(allFail());
    all.add(allFailRetried());
    all.add(shortOutage());
    all.add(rateLimits());
    all.add(tightRateLimits());
    for (int n : new int[] {2, 3, 5}) {
      all.add(
          smallFleet(
              n + "-servers-one-dead", n, "cannot be reached", Fault.unreachable().from(10)));
      all.add(
          smallFleet(
              n + "-servers-one-half",
              n,
              "answers half of the calls with 500",
              Fault.failing(0.5, 500, 10).from(10)));
    }
    all.add(almostPerfect(2));
    all.add(almostPerfect(5));
    return all;
  }

  private static Scenario blackHole() {
    return new Scenario(
            "black-hole", "one of ten never answers from 20 to 50 s: sleep 100 ms, 200 calls/s")
        .fleet(10, ServiceModel::pureDelay, Demand.around(100, 20))
        .fault("s4", Fault.hang().between(20, 50))
        .bad("s4")
        .watch(20, 50)
        .key("timeout", "3s")
        .key("timeout.attempt", "1s")
        .key("retry.on", "connect,error,timeout,http_503")
        .open(200)
        .seconds(0, 60)
        .leastSuccess(99);
  }

  private static Scenario blackHoleOfTwo() {
    return new Scenario(
            "black-hole-of-two", "Dialogue's: one of two never answers from 3 s on, 200 calls/s")
        .fleet(2, ServiceModel::pureDelay, Demand.constant(600))
        .fault("s2", Fault.hang().from(3))
        .bad("s2")
        .watch(3, 10)
        .key("timeout", "5s")
        .key("timeout.attempt", "1s")
        .key("retry.on", "connect,error,timeout,http_503")
        .open(200)
        .seconds(0, 10)
        .leastSuccess(80);
  }

  private static Scenario failsFast() {
    return new Scenario(
            "fails-fast", "one of ten answers 500 within 1 ms from 20 s on: exponential 10 ms")
        .fleet(10, ServiceModel::oneAtATime, Demand.exponential(10))
        .fault("s4", Fault.fail(500, 1).from(20))
        .bad("s4")
        .watch(21, 60)
        .open(500)
        .seconds(0, 60)
        .leastSuccess(98);
  }

  private static Scenario pathDies() {
    return new Scenario(
            "path-dies", "Dialogue's: from 3 s on /a fails on one of two, /b on the other; routes")
        .fleet(2, ServiceModel::pureDelay, Demand.constant(600))
        .fault("s1", Fault.fail(500, 600).on("/a").from(3))
        .fault("s2", Fault.fail(500, 600).on("/b").from(3))
        .bad("s1", "s2")
        .watch(0, 0)
        .paths("/a", "/b")
        .key("route.a.match", "* /a")
        .key("route.b.match", "* /b")
        .key("retry.on", "connect,error,http_500,http_503")
        .open(250)
        .seconds(0, 10)
        .leastSuccess(80);
  }

  private static Scenario allFail() {
    return new Scenario("all-fail", "all four answer 500 from 10 to 20 s: sleep 50 ms, 200 calls/s")
        .fleet(4, ServiceModel::pureDelay, Demand.around(50, 10))
        .faultOnAll(Fault.fail(500, 50).between(10, 20))
        .open(200)
        .seconds(0, 40)
        .extra("recovery s", run -> run.recoverySeconds(20))
        .leastSuccess(65);
  }

  private static Scenario allFailRetried() {
    return new Scenario(
            "all-fail-retried", "all four always answer 500, retries on, no breaker: 100 calls/s")
        .fleet(4, ServiceModel::pureDelay, Demand.around(50, 10))
        .faultOnAll(Fault.fail(500, 50).from(0))
        .key("retry.on", "connect,error,http_500,http_503")
        .key("breaker.enabled", "false")
        .open(100)
        .seconds(0, 60)
        .extra("but for 5", run -> 1 + (run.extraAttempts() - 5) / (double) run.allCalls())
        .leastSuccess(0);
  }

  private static Scenario shortOutage() {
    return new Scenario(
            "short-outage", "one of four refuses connections from 20 to 30 s: sleep 50 ms")
        .fleet(4, ServiceModel::pureDelay, Demand.around(50, 10))
        .fault("s4", Fault.refuse().between(20, 30))
        .bad("s4")
        .watch(20, 30)
        .open(200)
        .seconds(0, 50)
        .leastSuccess(99.9);
  }

  private static Scenario rateLimits() {
    return new Scenario(
            "rate-limits", "429 above 50, 100, 150, 200 calls/s; two clients, 300 calls/s in all")
        .fleet(4, ServiceModel::pureDelay, Demand.around(20, 5))
        .fault("s1", Fault.rateLimit(50))
        .fault("s2", Fault.rateLimit(100))
        .fault("s3", Fault.rateLimit(150))
        .fault("s4", Fault.rateLimit(200))
        .key("retry.on", "connect,error,http_429,http_503")
        .clients(2)
        .open(300)
        .seconds(0, 60)
        .leastSuccess(50);
  }

  private static Scenario tightRateLimits() {
    return new Scenario(
            "rate-limits-tight",
            "429 above 100 calls/s, four times; two clients, 300 calls/s in all")
        .fleet(4, ServiceModel::pureDelay, Demand.around(20, 5))
        .faultOnAll(Fault.rateLimit(100))
        .key("retry.on", "connect,error,http_429,http_503")
        .clients(2)
        .open(300)
        .seconds(0, 60)
        .leastSuccess(90);
  }

  private static Scenario smallFleet(String name, int servers, String what, Fault fault) {
    return new Scenario(
            name, "one of " + servers + " " + what + " from 10 s on; sleep 20 ms, 5 calls/s")
        .fleet(servers, ServiceModel::pureDelay, Demand.around(20, 5))
        .fault("s2", fault)
        .bad("s2")
        .watch(10, 70)
        .open(5)
        .seconds(0, 70)
        .extra("ejected after s", run -> run.secondsToEjection("s2:80", 10))
        .leastSuccess(50);
  }

  private static Scenario almostPerfect(int servers) {
    return new Scenario(
            servers + "-servers-one-99",
            "one of " + servers + " fails 1 % of its calls, and must not be ejected; 50 calls/s")
        .fleet(servers, ServiceModel::pureDelay, Demand.around(20, 5))
        .fault("s2", Fault.failing(0.01, 500, 20))
        .open(50)
        .seconds(0, 600)
        .leastSuccess(99);
  }
}
