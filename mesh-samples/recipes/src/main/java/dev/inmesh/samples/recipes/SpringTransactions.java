package dev.inmesh.samples.recipes;

import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import javax.sql.DataSource;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.datasource.DataSourceTransactionManager;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.annotation.EnableTransactionManagement;
import org.springframework.transaction.annotation.Transactional;

/**
 * Spring's transactions above logical connections: what is {@code @Transactional(readOnly = true)}
 * runs at a replica, with no other change.
 */
@Configuration
@EnableTransactionManagement
public class SpringTransactions {

  /** Takes two JDBC URLs; prints the server that a read-only transaction read from. */
  public static void main(String[] args) {
    Usage.check(SpringTransactions.class, args, "<primary's URL>", "<replica's URL>");
    System.out.println(run(args[0], args[1]));
  }

  static String run(String primaryUrl, String replicaUrl) {
    try (Mesh mesh = Mesh.fromSystemProperties();
        HikariDataSource primary = PoolsBelow.pool(primaryUrl);
        HikariDataSource replica = PoolsBelow.pool(replicaUrl);
        MeshDataSource orders =
            MeshDataSource.builder(mesh, "orders").primary(primary).replica("r1", replica).build();
        AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext()) {
      context.registerBean("orders", DataSource.class, () -> orders);
      context.register(SpringTransactions.class);
      context.refresh();
      Stock stock = context.getBean(Stock.class);
      stock.add(7, 3);
      return stock.where();
    }
  }

  @Bean
  PlatformTransactionManager transactions(DataSource orders) {
    return new DataSourceTransactionManager(orders);
  }

  @Bean
  Stock stock(DataSource orders) {
    return new Stock(new JdbcTemplate(orders));
  }

  /** What the shop has. */
  public static class Stock {

    private final JdbcTemplate jdbc;

    Stock(JdbcTemplate jdbc) {
      this.jdbc = jdbc;
    }

    /** Writes, at the primary. */
    @Transactional
    public void add(int product, int amount) {
      jdbc.update("INSERT INTO stock VALUES (?, ?)", product, amount);
    }

    /** Reads, at the replica. */
    @Transactional(readOnly = true)
    public String where() {
      return jdbc.queryForObject(
          "EXPLAIN MESH SELECT amount FROM stock", (row, n) -> row.getString(2));
    }
  }
}
