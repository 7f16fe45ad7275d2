package dev.inmesh.samples.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.p6spy.engine.spy.P6DataSource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import dev.inmesh.jdbc.ReadRouting;
import dev.inmesh.jdbc.servers.DatabaseServer;
import dev.inmesh.jdbc.servers.Product;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.sql.DataSource;
import net.ttddyy.dsproxy.support.ProxyDataSourceBuilder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * {@code SELECT 1} over HikariCP to a real PostgreSQL: the pool alone, under the mesh, and under
 * what else stands between a program and its pool. All take turns in each round, so that what the
 * machine does besides meets all alike, and a round compares its own. Goal: 0.99x the pool's own
 * throughput.
 *
 * <p>A normal build sees only that it runs; {@code -Dinmesh.jdbc.rounds=150} measures. Phases are
 * short, since what disturbs them lasts longer than they do, and so meets all of a round.
 */
final class JdbcComparisonTest {

  private static final int ROUNDS = Integer.getInteger("inmesh.jdbc.rounds", 2);
  private static final long PHASE_NANOS =
      Integer.getInteger("inmesh.jdbc.millis", 100) * 1_000_000L;

  /** Of 95 % of 19 and more degrees of freedom, rounded up. */
  private static final double STUDENT = 2.1;

  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void close() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private <T extends AutoCloseable> T opened(T resource) {
    open.add(resource);
    return resource;
  }

  private HikariDataSource pool(String url) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url);
    config.setMaximumPoolSize(2);
    return opened(new HikariDataSource(config));
  }

  private Map<String, DataSource> variants(String url) throws SQLException {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    Mesh mesh = opened(Mesh.of(Map.of()));
    // The driver goes by the process's own mesh.
    System.setProperty("mesh.jdbc.below.primary", url);
    MeshDataSource above =
        opened(
            MeshDataSource.builder(mesh, "above").primary(pool(url)).meterRegistry(meters).build());
    MeshDataSource routed =
        opened(
            MeshDataSource.builder(mesh, "routed")
                .primary(pool(url))
                .replica("r1", pool(url))
                .readRouting(ReadRouting.AUTO)
                .meterRegistry(meters)
                .build());
    Map<String, DataSource> variants = new LinkedHashMap<>();
    variants.put("pool alone", pool(url));
    variants.put("the same again", pool(url));
    variants.put("mesh, one server", above);
    variants.put("mesh, to a replica", routed);
    variants.put("mesh below the pool", pool("jdbc:mesh:below"));
    variants.put("datasource-proxy", ProxyDataSourceBuilder.create(pool(url)).build());
    variants.put("p6spy", new P6DataSource(pool(url)));
    variants.put("AWS wrapper, no plugins", aws(url + "&wrapperPlugins="));
    variants.put("AWS wrapper, its defaults", aws(url));
    return variants;
  }

  private DataSource aws(String url) {
    return pool(url.replace("jdbc:", "jdbc:aws-wrapper:"));
  }

  @Test
  void selectOneOverHikari() throws Exception {
    System.setProperty("p6spy.config.appender", "com.p6spy.engine.spy.appender.Slf4JLogger");
    System.setProperty("p6spy.config.modulelist", "com.p6spy.engine.spy.P6SpyFactory");
    DatabaseServer server = opened(Product.POSTGRESQL.start());
    String url = server.url(server.createDatabase());
    Map<String, DataSource> variants = variants(url);
    List<String> names = new ArrayList<>(variants.keySet());
    List<DataSource> sources = new ArrayList<>(variants.values());
    double[][] ratios = new double[names.size()][ROUNDS];
    double[] own = new double[ROUNDS];

    for (DataSource each : variants.values()) {
      assertThat(perSecond(each, 20 * PHASE_NANOS)).isPositive();
    }
    for (int round = 0; round < ROUNDS; round++) {
      double[] found = new double[names.size()];
      for (int i = 0; i < names.size(); i++) {
        // Each round begins with another one.
        int at = (i + round) % names.size();
        found[at] = perSecond(sources.get(at), PHASE_NANOS);
      }
      own[round] = found[0];
      for (int i = 0; i < names.size(); i++) {
        ratios[i][round] = found[i] / found[0];
      }
    }

    System.out.printf(
        Locale.ROOT, "pool alone: %.0f/s in the median of %d rounds%n", median(own), ROUNDS);
    for (int i = 1; i < names.size(); i++) {
      System.out.println(line(names.get(i), ratios[i]));
    }
    assertThat(Arrays.stream(ratios[2]).allMatch(ratio -> ratio > 0)).isTrue();
  }

  private static String line(String name, double[] ratios) {
    double mean = Arrays.stream(ratios).average().orElseThrow();
    double squares = Arrays.stream(ratios).map(r -> (r - mean) * (r - mean)).sum();
    double half = STUDENT * Math.sqrt(squares / (ratios.length - 1) / ratios.length);
    return String.format(
        Locale.ROOT,
        "%-26s mean %.3fx (95 %% within %.3f to %.3f), median %.3fx",
        name,
        mean,
        mean - half,
        mean + half,
        median(ratios));
  }

  private static double median(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int half = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  private static double perSecond(DataSource source, long nanos) throws SQLException {
    long start = System.nanoTime();
    long count = 0;
    long took;
    do {
      try (Connection connection = source.getConnection();
          PreparedStatement statement = connection.prepareStatement("SELECT 1");
          ResultSet rows = statement.executeQuery()) {
        count += rows.next() ? rows.getInt(1) : 0;
      }
      took = System.nanoTime() - start;
    } while (took < nanos);
    return count * 1e9 / took;
  }
}
