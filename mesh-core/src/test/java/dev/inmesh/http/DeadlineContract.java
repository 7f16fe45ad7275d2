package dev.inmesh.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.inmesh.Mesh;
import dev.inmesh.call.Answer;
import dev.inmesh.call.CallTimeoutException;
import dev.inmesh.call.Deadline;
import dev.inmesh.call.Phase;
import dev.inmesh.http.HttpDriverContract.Client;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every HTTP driver promises of a page of calls under one deadline, on real sockets. */
@Timeout(60)
@SuppressWarnings("try") // A scope is for its end alone.
public abstract class DeadlineContract extends LoopbackFixture {

  private static final String HEADER = "mesh.deadline.outbound-header";

  /** A client of the driver's kind, which follows redirects, wrapped. */
  protected abstract Client wrap(Mesh mesh);

  private static Reply get(Client client, String upstream) throws IOException {
    return client.send("GET", "http://" + upstream + "/v1", Map.of(), "");
  }

  /** A warm client: the first call of a client alone may take longer than a page. */
  private Client warm(Mesh mesh, LoopbackServer server) throws IOException {
    Client client = wrap(mesh);
    get(client, "inventory");
    server.requests.clear();
    return client;
  }

  private Mesh pageMesh(LoopbackServer well, LoopbackServer hanging, String timeout) {
    return mesh(
        well,
        "fallback",
        "default",
        "mesh.upstream.prices.servers",
        hanging.address(),
        "mesh.upstream.prices.timeout",
        timeout,
        "mesh.upstream.prices.fallback",
        "default");
  }

  private static List<String> page(Client client, Duration time, String... upstreams)
      throws IOException {
    List<String> sources = new ArrayList<>();
    try (Deadline.Scope page = Deadline.within(time).open()) {
      for (String upstream : upstreams) {
        sources.add(get(client, upstream).source());
      }
    }
    return sources;
  }

  @Test
  void whatHangsCostsAPageItsOwnTimeoutAndNoMore() throws Exception {
    LoopbackServer well = well();
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    Client client = warm(pageMesh(well, hanging, "100ms"), well);

    List<String> sources =
        page(
            client,
            Duration.ofSeconds(20),
            "inventory",
            "inventory",
            "prices",
            "inventory",
            "inventory",
            "prices",
            "inventory",
            "inventory",
            "inventory",
            "inventory");

    assertThat(sources)
        .containsExactly(
            "live", "live", "default", "live", "live", "default", "live", "live", "live", "live");
    assertThat(well.requests).hasSize(8);
  }

  @Test
  void whatHasNoTimeLeftGetsItsDefaultWithoutAByteSent() throws Exception {
    LoopbackServer well = well();
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    Client client = warm(pageMesh(well, hanging, "15s"), well);

    List<String> sources =
        page(
            client,
            Duration.ofSeconds(2),
            "inventory",
            "inventory",
            "prices",
            "inventory",
            "prices",
            "inventory");

    assertThat(sources).containsExactly("live", "live", "default", "default", "default", "default");
    assertThat(well.requests).hasSize(2);
    assertThat(hanging.requests).hasSize(1);
    assertThat(hanging.awaitClosedByPeer()).isTrue();
  }

  @Test
  void aDeadlineThatIsOverSendsNothingAndBlamesNobody() throws Exception {
    LoopbackServer well = well();
    Mesh mesh = mesh(well);
    Client client = wrap(mesh);

    try (Deadline.Scope over = Deadline.within(Duration.ZERO).open()) {
      for (int i = 0; i < 30; i++) {
        CallTimeoutException timeout =
            catchThrowableOfType(CallTimeoutException.class, () -> get(client, "inventory"));
        assertThat(timeout.phase()).isEqualTo(Phase.WAIT);
        assertThat(timeout).hasMessageContaining("no time left when the call was to start");
      }
    }

    assertThat(well.connections.get()).isZero();
    assertThat(get(client, "inventory").source()).isEqualTo("live");
    assertQuiet(mesh);
  }

  @Test
  void aDeadlineHoldsForNoOtherThread() throws Exception {
    Client client = wrap(mesh(well()));
    AtomicReference<@Nullable String> source = new AtomicReference<>();

    try (Deadline.Scope over = Deadline.within(Duration.ZERO).open()) {
      Thread other = new Thread(() -> source.set(sourceOf(client)));
      other.start();
      other.join();
      assertThat(source.get()).isEqualTo("live");
      Thread wrapped = new Thread(Deadline.wrap(() -> source.set(sourceOf(client))));
      wrapped.start();
      wrapped.join();
    }

    assertThat(source.get()).isEqualTo("timed out");
    assertThat(sourceOf(client)).isEqualTo("live");
  }

  private static String sourceOf(Client client) {
    try {
      return get(client, "inventory").source();
    } catch (CallTimeoutException e) {
      return "timed out";
    } catch (IOException e) {
      return e.toString();
    }
  }

  @Test
  void theBodyDrawsOnTheDeadlineToo() throws Exception {
    LoopbackServer dripping =
        server(
            e -> {
              e.write("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
              try {
                for (int i = 0; i < 1_000_000; i++) {
                  e.write("x");
                  TimeUnit.MILLISECONDS.sleep(20); // It drips, which is the fault under test.
                }
              } catch (IOException closed) {
                e.server().peerHasClosed();
              }
              return false;
            });
    Mesh mesh = mesh(dripping, "timeout", "45s");
    Client client = wrap(mesh);

    try (Deadline.Scope page = Deadline.within(Duration.ofSeconds(1)).open()) {
      assertThatThrownBy(() -> get(client, "inventory"))
          .isInstanceOfSatisfying(
              CallTimeoutException.class, e -> assertThat(e.phase()).isEqualTo(Phase.BODY));
    }
    assertThat(dripping.awaitClosedByPeer()).isTrue();
    assertQuiet(mesh);
  }

  @Test
  void retriesAndRedirectsDrawOnTheOneDeadline() throws Exception {
    LoopbackServer hanging = server(LoopbackServer.Exchange::hang);
    LoopbackServer redirecting = server(e -> e.reply(302, "", "Location: http://prices/x"));
    Mesh mesh =
        mesh(
            redirecting,
            "timeout",
            "45s",
            "mesh.upstream.prices.servers",
            "127.0.0.1:" + closedPort() + "," + hanging.address(),
            "mesh.upstream.prices.timeout",
            "45s");
    Client client = wrap(mesh);

    try (Deadline.Scope page = Deadline.within(Duration.ofSeconds(1)).open()) {
      assertThatThrownBy(() -> get(client, "inventory"))
          .isInstanceOfSatisfying(
              CallTimeoutException.class, e -> assertThat(e.upstream()).isEqualTo("prices"));
    }
    assertThat(hanging.awaitClosedByPeer()).isTrue();
  }

  @Test
  void aFallbackInCodeRunsUnderTheDeadline() throws Exception {
    AtomicReference<@Nullable Duration> left = new AtomicReference<>();
    Mesh mesh =
        Mesh.builder()
            .properties(keys("127.0.0.1:" + closedPort(), "timeout", "45s"))
            .fallback(
                "inventory",
                call -> {
                  left.set(Deadline.current().map(Deadline::remaining).orElse(null));
                  return Answer.of(200, "text/plain", "code");
                })
            .build();
    open.add(mesh);
    Client client = wrap(mesh);

    try (Deadline.Scope page = Deadline.within(Duration.ofSeconds(20)).open()) {
      assertThat(get(client, "inventory").body()).isEqualTo("code");
    }

    assertThat(left.get()).isBetween(Duration.ofMillis(1), Duration.ofSeconds(20));
  }

  @Test
  void eachAttemptTellsItsServerHowLongItWaits() throws Exception {
    LoopbackServer bad = server(e -> e.reply(500, "oops"));
    LoopbackServer bad2 = server(e -> e.reply(500, "oops"));
    Mesh mesh =
        mesh(List.of(bad, bad2), "timeout", "45s", "retry.on", "http_500", HEADER, "X-Time-Left");
    Client client = wrap(mesh);

    try (Deadline.Scope page = Deadline.within(Duration.ofSeconds(20)).open()) {
      client.send("GET", "http://inventory/v1", Map.of("x-TIME-left", "forged"), "");
    }

    List<Long> told = new ArrayList<>();
    for (LoopbackServer server : List.of(bad, bad2)) {
      assertThat(server.requests).hasSize(1);
      told.add(Long.valueOf(server.requests.get(0).headers().getOrDefault("x-time-left", "none")));
    }
    assertThat(told).allSatisfy(millis -> assertThat(millis).isBetween(0L, 20_000L));
  }

  @Test
  void aShorterTimeOfTheAttemptIsWhatTheServerIsTold() throws Exception {
    LoopbackServer well = well();
    Client client = wrap(mesh(well, "timeout.attempt", "9s", HEADER, "grpc-timeout"));

    get(client, "inventory");

    String told = well.requests.get(0).headers().getOrDefault("grpc-timeout", "none");
    assertThat(told).matches("\\d+m");
    assertThat(Long.parseLong(told.substring(0, told.length() - 1))).isBetween(0L, 9_000L);
  }

  @Test
  void theHeaderCanBeChangedWhileItRuns() throws Exception {
    LoopbackServer well = well();
    Mesh mesh = Mesh.builder().properties(keys(well)).build();
    open.add(mesh);
    Client client = wrap(mesh);
    get(client, "inventory");

    System.setProperty(HEADER, "x-left");
    try {
      mesh.reload();
      get(client, "inventory");
    } finally {
      System.clearProperty(HEADER);
    }
    mesh.reload();
    get(client, "inventory");

    assertThat(well.requests)
        .extracting(seen -> seen.headers().containsKey("x-left"))
        .containsExactly(false, true, false);
  }
}
