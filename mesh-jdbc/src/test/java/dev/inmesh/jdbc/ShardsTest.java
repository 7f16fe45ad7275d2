package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.JDBCType;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.ShardingKey;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Sharding keys lead to databases. */
final class ShardsTest {

  private final Mesh mesh = Mesh.of(Map.of());
  private final String people =
      H2.database("CREATE TABLE me(name VARCHAR(20))", "INSERT INTO me VALUES ('people')");

  @AfterEach
  void close() {
    mesh.close();
  }

  /** A database that knows its own name. */
  private static CountedPool named(String name) {
    return new CountedPool(
        H2.database("CREATE TABLE me(name VARCHAR(20))", "INSERT INTO me VALUES ('" + name + "')"));
  }

  private static ShardingKey key(DataSource database, Object... parts) throws SQLException {
    var builder = database.createShardingKeyBuilder();
    for (Object part : parts) {
      builder = builder.subkey(part, JDBCType.VARCHAR);
    }
    return builder.build();
  }

  private static String nameAt(DataSource database, ShardingKey key) throws SQLException {
    try (Connection connection = database.createConnectionBuilder().shardingKey(key).build();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT name FROM me")) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  @Test
  void aKeyThatAShardIsNamedForLeadsThere() throws SQLException {
    MeshDataSource shop =
        MeshDataSource.builder(mesh, "shop")
            .primary(named("shop"))
            .shard("users", MeshDataSource.wrap(mesh, "users", named("users")), "users", "accounts")
            .shard("catalog", named("catalog"), "catalog")
            .build();

    assertThat(nameAt(shop, key(shop, "users"))).isEqualTo("users");
    assertThat(nameAt(shop, key(shop, "accounts", 7))).isEqualTo("users");
    assertThat(nameAt(shop, key(shop, "catalog"))).isEqualTo("catalog");
    try (Connection connection = shop.createConnectionBuilder().build();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("SELECT name FROM me")) {
      assertThat(rows.next()).isTrue();
      assertThat(rows.getString(1)).isEqualTo("shop");
    }
    assertThatThrownBy(() -> nameAt(shop, key(shop, "usres")))
        .isInstanceOf(SQLException.class)
        .hasMessage("shop: no shard has the key usres; there are [users, accounts, catalog]");
  }

  @Test
  void allOtherKeysAreSharedAndFewMoveWhenAShardIsAdded() throws SQLException {
    Map<String, CountedPool> pools = new LinkedHashMap<>();
    for (String name : List.of("s1", "s2", "s3", "s4")) {
      pools.put(name, new CountedPool(StubDriver::connection));
    }
    Shards three = shards(pools, "s1", "s2", "s3");
    Shards four = shards(pools, "s1", "s2", "s3", "s4");
    Map<DataSource, Integer> counts = new HashMap<>();
    int moved = 0;
    int keys = 30_000;

    for (int i = 0; i < keys; i++) {
      ShardKey key = new ShardKey(List.of("customer", Integer.toString(i)));
      DataSource before = three.of(key);
      DataSource after = four.of(key);
      counts.merge(before, 1, Integer::sum);
      assertThat(three.of(new ShardKey(List.of("customer", Integer.toString(i))))).isSameAs(before);
      if (before != after) {
        moved++;
        assertThat(after).as("moves to the new one alone").isSameAs(pools.get("s4"));
      }
    }

    assertThat(counts).hasSize(3);
    // Six standard deviations of a fair choice.
    assertThat(counts.values()).allSatisfy(n -> assertThat(n).isBetween(9_510, 10_490));
    assertThat(moved).isBetween(7_050, 7_950);
  }

  private static Shards shards(Map<String, CountedPool> pools, String... names) {
    Shards.Collecting collecting = new Shards.Collecting("shop");
    for (String name : names) {
      collecting.add(name, Objects.requireNonNull(pools.get(name)));
    }
    return collecting.shards();
  }

  @Test
  void keysOfTheConfigurationSayWhoHasWhatAndFollowAReload(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("mesh.properties");
    write(file, "people keys=users|accounts, own");
    try (Mesh configured = Mesh.of(Map.of("mesh.config.file", file.toString()));
        MeshDataSource shop =
            MeshDataSource.builder(configured, "shop")
                .primary(named("shop"))
                .shard("own", named("own"), "mine")
                .build()) {
      assertThat(nameAt(shop, key(shop, "accounts"))).isEqualTo("people");
      assertThat(nameAt(shop, key(shop, "mine"))).as("keys overrule code").isEqualTo("own");
      assertThat(nameAt(shop, key(shop, "anything"))).isEqualTo("own");

      write(file, "people keys=users, nobody");
      assertThat(configured.reload().changed()).isTrue();
      assertThatThrownBy(() -> nameAt(shop, key(shop, "users")))
          .hasMessageContaining("no database 'nobody'");

      write(file, "own keys=users, people");
      assertThat(configured.reload().changed()).isTrue();
      assertThat(nameAt(shop, key(shop, "users"))).isEqualTo("own");
      assertThat(nameAt(shop, key(shop, "accounts"))).isEqualTo("people");
    }
  }

  private void write(Path file, String shards) throws IOException {
    Files.writeString(
        file, "mesh.jdbc.shop.shards=" + shards + "\nmesh.jdbc.people.primary=" + people + "\n");
  }

  /** Or data would be looked for in another shard after an update of this library. */
  @Test
  void keysStayWhereTheyAreForEver() throws SQLException {
    Map<String, CountedPool> pools = new LinkedHashMap<>();
    for (String name : List.of("s1", "s2", "s3")) {
      pools.put(name, new CountedPool(StubDriver::connection));
    }
    Shards shards = shards(pools, "s3", "s1", "s2");
    List<String> names = new ArrayList<>();
    for (String key : List.of("a", "c", "d", "e", "f", "g", "7", "", "Bjørn", "42")) {
      DataSource shard = shards.of(new ShardKey(List.of(key)));
      pools.forEach(
          (name, pool) -> {
            if (pool == shard) {
              names.add(name);
            }
          });
    }

    assertThat(names).containsExactly("s1", "s3", "s2", "s3", "s1", "s2", "s1", "s3", "s3", "s2");
  }

  @Test
  void whatCantBeIsSaid() throws SQLException {
    CountedPool pool = new CountedPool(StubDriver::connection);
    MeshDataSource plain = MeshDataSource.wrap(mesh, "orders", pool);

    assertThatThrownBy(() -> nameAt(plain, key(plain, "users")))
        .hasMessage("orders: there are no shards, and so no use for the sharding key users");
    assertThatThrownBy(() -> plain.createShardingKeyBuilder().build())
        .hasMessageContaining("at least one subkey");
    assertThatThrownBy(
            () -> plain.createConnectionBuilder().shardingKey(new ShardingKey() {}).build())
        .hasMessageContaining("use createShardingKeyBuilder()");
    MeshDataSource.Builder builder =
        MeshDataSource.builder(mesh, "shop").primary(pool).shard("a", pool, "x");
    assertThatThrownBy(() -> builder.shard("a", pool))
        .hasMessage("shop: there is a shard a already");
    assertThatThrownBy(() -> builder.shard("b", pool, "x"))
        .hasMessage("shop: shard b: another shard has the key x already");
    try (Connection connection = plain.getConnection()) {
      ShardingKey key = key(plain, "users");
      assertThatThrownBy(() -> connection.setShardingKey(key))
          .hasMessageContaining("createConnectionBuilder()");
    }
    assertThat(pool.held()).isZero();
  }
}
