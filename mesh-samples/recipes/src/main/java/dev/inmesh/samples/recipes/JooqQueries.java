package dev.inmesh.samples.recipes;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import com.zaxxer.hikari.HikariDataSource;
import dev.inmesh.Mesh;
import dev.inmesh.jdbc.MeshDataSource;
import dev.inmesh.jdbc.ReadRouting;
import java.util.List;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Record1;
import org.jooq.SQLDialect;
import org.jooq.Select;
import org.jooq.conf.ParamType;
import org.jooq.impl.DSL;

/**
 * jOOQ above logical connections, with {@link ReadRouting#AUTO}: its queries are proven to read by
 * their text, and go to a replica without a word in the program.
 */
public final class JooqQueries {

  private static final Field<Integer> ID = field(name("id"), Integer.class);
  private static final Field<Integer> AMOUNT = field(name("amount"), Integer.class);

  private JooqQueries() {}

  /** Takes two JDBC URLs; prints what is in stock from product 7 on, and where that was read. */
  public static void main(String[] args) {
    Usage.check(JooqQueries.class, args, "<primary's URL>", "<replica's URL>");
    System.out.println(run(args[0], args[1]));
  }

  static List<String> run(String primaryUrl, String replicaUrl) {
    try (Mesh mesh = Mesh.fromSystemProperties();
        HikariDataSource primary = PoolsBelow.pool(primaryUrl);
        HikariDataSource replica = PoolsBelow.pool(replicaUrl);
        MeshDataSource orders =
            MeshDataSource.builder(mesh, "orders")
                .primary(primary)
                .replica("r1", replica)
                .readRouting(ReadRouting.AUTO)
                .build()) {
      DSLContext jooq = DSL.using(orders, SQLDialect.POSTGRES);
      Select<Record1<Integer>> inStock =
          jooq.select(AMOUNT).from(table(name("stock"))).where(ID.ge(7)).orderBy(ID);
      Record where = jooq.fetchSingle("EXPLAIN MESH " + inStock.getSQL(ParamType.INLINED));
      return List.of(inStock.fetch(AMOUNT).toString(), where.get("server", String.class));
    }
  }
}
