package dev.inmesh.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.inmesh.Mesh;
import dev.inmesh.ServerStatus;
import dev.inmesh.ServerStatus.State;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Replicas as an upstream: balanced, ejected, drained. */
final class ReplicasTest {

  private static final String WHO = "SELECT name FROM whoami";

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CountedPool primary = server("primary");
  private final CountedPool r1 = server("r1");
  private final CountedPool r2 = server("r2");
  private Mesh mesh = mesh(Map.of());

  private Mesh mesh(Map<String, String> keys) {
    return Mesh.builder().properties(keys).meterRegistry(meters).build();
  }

  @AfterEach
  void close() {
    mesh.close();
    assertThat(primary.held() + r1.held() + r2.held()).as("given back").isZero();
  }

  private static CountedPool server(String name) {
    return new CountedPool(
        H2.database(
            "CREATE TABLE whoami(name VARCHAR(20))", "INSERT INTO whoami VALUES ('" + name + "')"));
  }

  private MeshDataSource.Builder builder() {
    return MeshDataSource.builder(mesh, "orders").primary(primary).readRouting(ReadRouting.AUTO);
  }

  private MeshDataSource database() {
    return builder().replica("r1", r1).replica("r2", r2).build();
  }

  private static String read(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(WHO)) {
      assertThat(rows.next()).isTrue();
      return rows.getString(1);
    }
  }

  private static String readOnce(MeshDataSource database) throws SQLException {
    try (Connection connection = database.getConnection()) {
      return read(connection);
    }
  }

  private static ServerStatus status(MeshDataSource database, String server) {
    return database.servers().stream()
        .filter(s -> s.address().equals(server))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void allReplicasThatGiveNoConnectionAreEjectedAndThePrimaryReads() throws SQLException {
    MeshDataSource database = database();
    r1.refuses = true;
    r2.refuses = true;
    for (int i = 0; i < 12; i++) {
      assertThat(readOnce(database)).isEqualTo("primary");
    }

    assertThat(status(database, "r1").state()).isEqualTo(ServerStatus.State.EJECTED);
    assertThat(status(database, "r2").state()).isEqualTo(ServerStatus.State.EJECTED);
    int asked = r1.asked.get() + r2.asked.get();
    assertThat(readOnce(database)).isEqualTo("primary");
    assertThat(r1.asked.get() + r2.asked.get()).isEqualTo(asked);
  }

  @Test
  void aReplicaWhosePoolGivesNothingLeavesTimeForThePrimary() throws SQLException {
    CountedPool empty =
        new CountedPool(
            () -> {
              new CountDownLatch(1).await();
              throw new IllegalStateException();
            });
    MeshDataSource database = builder().replica("r1", empty).timeout(Duration.ofSeconds(2)).build();

    assertThat(readOnce(database)).isEqualTo("primary");
    assertThat(Thread.interrupted()).isFalse();
  }

  @Test
  void readsAreSharedByWeight() throws SQLException {
    mesh.close();
    mesh = mesh(Map.of("mesh.jdbc.orders.balancer", "round_robin"));
    MeshDataSource database = builder().replica("r1", r1, 3).replica("r2", r2).build();
    List<String> answers = new ArrayList<>();

    for (int i = 0; i < 40; i++) {
      answers.add(readOnce(database));
    }

    assertThat(Collections.frequency(answers, "r1")).isEqualTo(30);
    assertThat(Collections.frequency(answers, "r2")).isEqualTo(10);
  }

  @Test
  void whatRunsAtAReplicaIsInFlightThereAndTheNextOneGoesToTheOther() throws SQLException {
    MeshDataSource database = database();
    try (Connection first = database.getConnection();
        Connection second = database.getConnection();
        Statement one = first.createStatement();
        ResultSet open = one.executeQuery(WHO)) {
      assertThat(open.next()).isTrue();
      String reading = open.getString(1);
      assertThat(status(database, reading).inFlight()).isEqualTo(1);

      assertThat(read(second)).isNotEqualTo(reading);
      assertThat(status(database, reading).inFlight()).isEqualTo(1);
    }
    assertThat(database.servers()).allMatch(s -> s.inFlight() == 0);
  }

  @Test
  void aDrainWaitsForTransactionsAndTheyGoOn() throws Exception {
    MeshDataSource database = builder().replica("r1", r1).build();
    try (Connection connection = database.getConnection()) {
      connection.setReadOnly(true);
      connection.setAutoCommit(false);
      assertThat(read(connection)).isEqualTo("r1");

      CompletableFuture<Void> drained = database.drain("r1");

      assertThat(status(database, "r1").state()).isEqualTo(State.DRAINING);
      assertThat(read(connection)).as("in its transaction").isEqualTo("r1");
      assertThat(readOnce(database)).as("others").isEqualTo("primary");
      assertThat(drained).isNotDone();
      connection.commit();
      drained.get(10, TimeUnit.SECONDS);
      assertThat(status(database, "r1").state()).isEqualTo(State.DRAINED);
      assertThat(read(connection)).as("the next transaction").isEqualTo("primary");
    }
    database.restore("r1");
    assertThat(readOnce(database)).isEqualTo("r1");
  }

  @Test
  void aDrainWaitsForResults() throws Exception {
    MeshDataSource database = builder().replica("r1", r1).build();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      CompletableFuture<Void> drained;
      try (ResultSet rows = statement.executeQuery(WHO)) {
        drained = database.drain("r1");

        assertThat(rows.next()).isTrue();
        assertThat(rows.getString(1)).isEqualTo("r1");
        assertThat(drained).isNotDone();
      }
      drained.get(10, TimeUnit.SECONDS);
    }
  }

  @Test
  void aDrainThatIsTakenBackIsCancelled() throws SQLException {
    MeshDataSource database = builder().replica("r1", r1).build();
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(WHO)) {
      CompletableFuture<Void> drained = database.drain("r1");
      database.restore("r1");

      assertThatThrownBy(() -> drained.get(10, TimeUnit.SECONDS))
          .hasRootCauseInstanceOf(CancellationException.class);
      assertThat(rows.next()).isTrue();
    }
  }

  @Test
  void aConnectionLeavesADrainedReplicaWithItsNextStatement() throws SQLException {
    MeshDataSource database = database();
    try (Connection connection = database.getConnection()) {
      String first = read(connection);
      assertThat(read(connection)).as("stays where it is").isEqualTo(first);

      CompletableFuture<Void> drained = database.drain(first);

      assertThat(drained).succeedsWithin(Duration.ofSeconds(10));
      assertThat(read(connection)).isNotEqualTo(first).isNotEqualTo("primary");
    }
  }

  @Test
  void anAbortedTransactionIsNotWaitedFor() throws SQLException {
    MeshDataSource database = builder().replica("r1", r1).build();
    Connection connection = database.getConnection();
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    assertThat(read(connection)).isEqualTo("r1");
    assertThat(status(database, "r1").inFlight()).isEqualTo(1);

    connection.abort(Runnable::run);

    assertThat(status(database, "r1").inFlight()).isZero();
  }

  @Test
  void aReplicaThatGivesNoConnectionIsEjectedAndComesBack() throws SQLException {
    MeshDataSource database = builder().replica("r1", r1).build();
    assertThat(readOnce(database)).isEqualTo("r1");
    r1.refuses = true;

    for (int i = 0; i < 3; i++) {
      assertThat(readOnce(database)).isEqualTo("primary");
    }
    assertThat(status(database, "r1").state()).isEqualTo(State.EJECTED);
    assertThat(status(database, "r1").reason()).isEqualTo("connect failed x3");
    assertThat(status(database, "primary").state()).isEqualTo(State.UP);
    int before = r1.calls.size();
    assertThat(readOnce(database)).isEqualTo("primary");
    assertThat(r1.calls).as("not asked again").hasSize(before);

    r1.refuses = false;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    String answer = "primary";
    while (answer.equals("primary") && System.nanoTime() - end < 0) {
      answer = readOnce(database);
    }
    assertThat(answer).isEqualTo("r1");
  }

  @Test
  void statementsThatAreWrongSayNothingAgainstAReplica() throws SQLException {
    MeshDataSource database = builder().replica("r1", r1).build();
    for (int i = 0; i < 20; i++) {
      try (Connection connection = database.getConnection();
          Statement statement = connection.createStatement()) {
        assertThatThrownBy(() -> statement.executeQuery("SELECT x FROM nowhere"))
            .isInstanceOf(SQLException.class);
      }
    }

    assertThat(status(database, "r1").state()).isEqualTo(State.UP);
    assertThat(status(database, "r1").reason()).isEmpty();
    assertThat(status(database, "r1").inFlight()).isZero();
    assertThat(readOnce(database)).isEqualTo("r1");
  }

  @Test
  void thePrimaryIsNeitherDrainedNorUnknownOnesAre() {
    MeshDataSource database = builder().replica("r1", r1).build();

    assertThat(database.primaryServer()).isEqualTo("primary");
    assertThatThrownBy(() -> database.drain("primary"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is the primary");
    assertThatThrownBy(() -> database.drain("r9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("known are primary and [r1]");
    assertThat(MeshDataSource.wrap(mesh, "one", primary).servers())
        .extracting(ServerStatus::address)
        .containsExactly("primary");
  }

  @Test
  void attemptsOnReplicasAreMeasuredUntilTheDataSourceIsClosed() throws SQLException {
    MeshDataSource database = builder().replica("r1", r1).build();
    assertThat(readOnce(database)).isEqualTo("r1");

    assertThat(
            meters
                .find("mesh.client.attempts")
                .tag("upstream", "jdbc.orders")
                .tag("server", "r1")
                .timers())
        .anyMatch(timer -> timer.count() == 1);
    database.close();

    assertThat(meters.find("mesh.client.attempts").timers()).isEmpty();
    assertThat(mesh.upstreams()).isEmpty();
  }
}
