package dev.inmesh.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.inmesh.config.BalancerType;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each benchmark does once what it measures. */
final class BenchmarksRunTest {

  @ParameterizedTest
  @EnumSource(BalancerType.class)
  void picks(BalancerType balancer) {
    for (PickBenchmark.Loads loads : PickBenchmark.Loads.values()) {
      PickBenchmark benchmark = new PickBenchmark();
      benchmark.balancer = balancer;
      benchmark.servers = 10;
      benchmark.firstWeight = 100;
      benchmark.loads = loads;
      benchmark.setUp();

      assertThat(benchmark.pick()).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource(BalancerType.class)
  void swapsLists(BalancerType balancer) {
    SwapBenchmark benchmark = new SwapBenchmark();
    benchmark.balancer = balancer;
    benchmark.servers = 10;
    benchmark.firstWeight = 100;
    benchmark.setUp();

    String before = benchmark.swap().servers(0).toString();

    assertThat(benchmark.swap().servers(0).toString()).isNotEqualTo(before);
  }

  @Test
  void picksWhileListsAreSwapped() throws Exception {
    assertThat(SwapComparison.run(20, 2, 30)).contains("round_robin").contains("hash");
  }

  @Test
  void callsGoThroughTheEngine() throws Exception {
    PipelineBenchmark benchmark = new PipelineBenchmark();

    assertThat(benchmark.oneThread()).isTrue();
    assertThat(benchmark.twoThreads()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(JdbcBenchmark.Source.class)
  void statementsGoToAStubDatabase(JdbcBenchmark.Source source) throws Exception {
    JdbcBenchmark benchmark = new JdbcBenchmark();
    benchmark.source = source;
    benchmark.setUp();

    assertThat(benchmark.connection()).isTrue();
    assertThat(benchmark.statement()).isEqualTo(7);
    assertThat(benchmark.connectionAndStatement()).isEqualTo(7);
    benchmark.close();
  }

  @Test
  void callsGoOverOkHttp() throws Exception {
    CallBenchmark benchmark = new CallBenchmark();

    assertThat(benchmark.bare()).isEqualTo(100);
    assertThat(benchmark.mesh()).isEqualTo(100);
    benchmark.close();
  }

  @Test
  void callsGoOverLoopback() throws Exception {
    try (Ponger ponger = new Ponger(3)) {
      String report = LoopbackBenchmark.run(ponger.ports(), 3, 5, 5);

      assertThat(report).contains("bare again").contains("mesh, 3 servers");
    }
  }

  @Test
  void callsGoToAQueueBesideProxies() throws Exception {
    String report = ProxyComparison.run(1, 0);

    assertThat(report).contains("inmesh least_time").contains("inmesh least_conn");
    if (Boolean.getBoolean("inmesh.ci")) {
      assertThat(report).contains("nginx least_conn").contains("HAProxy leastconn");
    } else {
      assertThat(report).containsAnyOf("nginx least_conn", "nginx is not installed");
      assertThat(report).containsAnyOf("HAProxy leastconn", "HAProxy is not installed");
    }
    // The last column of each variant's line.
    assertThat(report.lines().filter(line -> line.contains("least"))).allMatch(this::hasNoFailure);
  }

  @Test
  void pagesOfBothClientsHaveAnAnswerOrADefaultToEachCall() throws Exception {
    List<String> rows =
        PageTimes.run(3).lines().filter(line -> line.matches("(OkHttp|JDK) .*")).toList();

    assertThat(rows).hasSize(4);
    for (String row : rows) {
      String[] columns = row.split(" +", -1);
      assertThat(Double.parseDouble(columns[6]) + Double.parseDouble(columns[7]))
          .as(row)
          .isBetween(9.98, 10.02);
    }
  }

  private boolean hasNoFailure(String line) {
    return line.endsWith(" 0") || line.startsWith("(x:");
  }
}
